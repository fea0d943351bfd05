#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

TEST_CASE("nothing else that the schema knows is accepted and not enforced") {
  CHECK(parse_findings({{"p.yaml",
                         "policy: x\n"
                         "units:\n"
                         "  forbid: [Alias]\n"
                         "  require: {NoNewPrivileges: [yes]}\n"
                         "  exec_paths: []\n"
                         "  references: []\n"
                         "paths: {state_dirs: [/var/lib/a], root_files: [/etc/a]}\n"
                         "signatures: {required: true}\n"
                         "downgrade: deny\n"
                         "limits: {files: 10, artifact_bytes: 1MiB}\n"}})
            .empty());
}

TEST_CASE("a grant that is bound to a signature allows nothing, and what it takes away holds") {
  const std::string text =
      "policy: x\n"
      "capabilities: {allow: [CAP_CHOWN]}\n"
      "grants:\n"
      "  - name: g\n"
      "    match: {id: [probe], signed_by: [release]}\n"
      "    capabilities: {allow: [CAP_BPF], deny: [CAP_CHOWN]}\n";
  CHECK(parse_findings({{"p.yaml", text}}) ==
        Lines{"p.yaml:5:37 warning policy-invalid /grants/0/match/signed_by: grant \"g\" is bound to a "
              "signature, and "
              "this version checks none: it allows nothing | remove match.signed_by to grant by id alone"});
  const SitePolicy policy = *parse_policy({{"p.yaml", text}}).policy;
  CHECK(
      refusals(policy, {file_capabilities("probe", {"cap_bpf", "cap_chown"})}) ==
      Lines{
          "addon.yaml:1 policy-capability []: no policy line allows capability cap_bpf | add CAP_BPF to "
          "capabilities.allow, or to a grant for probe",
          "addon.yaml:2 policy-capability-denied [p.yaml:6 (grant g)]: p.yaml:6 (grant g) denies capability "
          "cap_chown | do without it: no allow and no grant outweighs the deny at p.yaml:6 (grant g)"});
}
