#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

TEST_CASE("nothing that the schema knows is accepted and not enforced") {
  CHECK(parse_findings({{"p.yaml",
                         "policy: x\n"
                         "units:\n"
                         "  forbid: [Alias]\n"
                         "  require: {NoNewPrivileges: [yes]}\n"
                         "  exec_paths: []\n"
                         "  references: []\n"
                         "paths: {state_dirs: [/var/lib/a], root_files: [/etc/a]}\n"
                         "signatures: {required: true, keys: [release]}\n"
                         "downgrade: deny\n"
                         "limits: {files: 10, artifact_bytes: 1MiB}\n"}})
            .empty());
}
