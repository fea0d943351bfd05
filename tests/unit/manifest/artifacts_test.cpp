#include "texts.hpp"

using namespace addon;
using namespace addon::manifest;
using Lines = std::vector<std::string>;

TEST_CASE("artifacts are read with their places") {
  const Manifest manifest = manifest_of(manifest_and(
      "artifacts:\n  - {os: linux, arch: amd64, object_key: a/b.tar.gz, sha256: " + std::string(64, 'A') +
      ", signature_ref: b.minisig}\n  - {object_key: any.tar.gz, sha256: " + std::string(64, '0') + "}\n"));
  REQUIRE(manifest.artifacts.size() == 2);
  const Artifact& first = manifest.artifacts[0];
  CHECK(first.os == "linux");
  CHECK(first.arch == "amd64");
  CHECK(first.object_key.str() == "a/b.tar.gz");
  CHECK(first.sha256.hex() == std::string(64, 'a'));
  CHECK(first.signature_ref == "b.minisig");
  CHECK(first.at.line == 12);
  CHECK(first.pointer == "/artifacts/0");
  CHECK(manifest.artifacts[1].os.empty());
  CHECK(manifest.artifacts[1].signature_ref.empty());
}

TEST_CASE("an artifact whose name leads elsewhere is refused") {
  for (const char* key : {"../up.tar.gz", "/etc/passwd", "a//b"}) {
    const Lines found = faults(manifest_and("artifacts: [{object_key: " + std::string(key) +
                                            ", sha256: " + std::string(64, 'a') + "}]\n"));
    REQUIRE(found.size() == 1);
    CHECK(found.front().find("unsafe-path /artifacts/0/object_key") != std::string::npos);
  }
}
