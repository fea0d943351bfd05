#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {
const std::string fix = " | do not rely on it; remove it, or keep such add-ons off this host";
}

TEST_CASE("a restriction that is not enforced is a warning at its line") {
  CHECK(
      parse_findings({{"p.yaml",
                       "policy: x\n"
                       "units:\n"
                       "  forbid: [Alias]\n"
                       "  require: {NoNewPrivileges: [yes]}\n"
                       "  exec_paths: []\n"
                       "paths: {state_dirs: [/var/lib/a]}\n"
                       "signatures: {required: true, keys: [release]}\n"
                       "downgrade: deny\n"
                       "limits: {files: 10}\n"}}) ==
      Lines{
          "p.yaml:3:11 warning policy-invalid /units/forbid: units.forbid is not enforced by this version" +
              fix,
          "p.yaml:4:12 warning policy-invalid /units/require: units.require is not enforced by this version" +
              fix,
          "p.yaml:5:15 warning policy-invalid /units/exec_paths: units.exec_paths is not enforced by this "
          "version" +
              fix,
          "p.yaml:6:21 warning policy-invalid /paths/state_dirs: paths.state_dirs is not enforced by this "
          "version" +
              fix,
          "p.yaml:7:24 warning policy-invalid /signatures/required: signatures.required is not enforced by "
          "this "
          "version" +
              fix,
          "p.yaml:7:36 warning policy-invalid /signatures/keys: signatures.keys is not enforced by this "
          "version" +
              fix,
          "p.yaml:8:12 warning policy-invalid /downgrade: downgrade is not enforced by this version" + fix,
          "p.yaml:9:9 warning policy-invalid /limits: limits is not enforced by this version" + fix});
}

TEST_CASE("what restricts nothing is not warned of") {
  CHECK(parse_findings({{"p.yaml",
                         "policy: x\n"
                         "units: {forbid: [], require: {}}\n"
                         "signatures: {required: false, keys: []}\n"
                         "downgrade: allow\n"}})
            .empty());
}

TEST_CASE("of a grant only what restricts is warned of") {
  CHECK(parse_findings({{"p.yaml",
                         "policy: x\n"
                         "grants:\n"
                         "  - name: g\n"
                         "    match: {id: [a]}\n"
                         "    units: {forbid: [Alias], exec_paths: [/usr/bin/true]}\n"}}) ==
        Lines{"p.yaml:5:21 warning policy-invalid /grants/0/units/forbid: units.forbid of grant \"g\" is not "
              "enforced by this version" +
              fix});
}

TEST_CASE("a grant that is bound to a signature allows nothing, and its denies hold") {
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
