// Signatures of bundles, made by minisign as docs/author.md says.
#include "bundle/signature.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "minisign.hpp"

using namespace addon;
using namespace addon::bundle;
using namespace addon::bundle::test;

namespace {

const std::string kComment = "id:probe version:1.2.3";

/// A bundle, and a directory beside it with the keys `release` and `other`.
struct Signed {
  Signed() {
    write_service_bundle(bundle);
    make_key(keys, "release");
    make_key(keys, "other");
    sign("release", kComment);
  }

  /// What sha256sum(1) makes of all files is what is signed.
  void sign(const std::string& key, const std::string& comment, const std::string& more = "") const {
    REQUIRE(sh(keys, "cd '" + bundle.path() +
                         "' && LC_ALL=C sha256sum $(find . -type f ! -name '*.minisig' "
                         "! -name '.*' -printf '%P\\n' | LC_ALL=C sort) > '" +
                         keys.path("list") + "'"));
    REQUIRE(sh(keys, "minisign -S -s " + key + ".key -m list -x '" + bundle.path("addon.yaml.minisig") +
                         "' -t '" + comment + "' " + more));
  }

  TrustedKey trusted(const std::string& file, const std::string& name) const {
    auto key = read_key(name, contents(keys, file + ".pub"), name + ".pub");
    REQUIRE(key);
    return *key;
  }

  /// Who signed it, or "RULE" of what is wrong.
  std::string signer(const std::vector<TrustedKey>& trusted) const {
    ReadBundle read = bundle.read();
    INFO(fmt::format("{}", fmt::join(shown(read), "\n")));
    REQUIRE(read.bundle);
    const auto findings = verify_signature(*read.bundle, trusted);
    CHECK(findings.empty() == (!read.bundle->signature || read.bundle->signer));
    if (findings.empty()) return read.bundle->signer ? read.bundle->signer->key : "nobody";
    CHECK(findings.size() == 1);
    CHECK_FALSE(read.bundle->signer);
    CHECK(findings.front().at.file == "SOURCE/addon.yaml.minisig");
    CHECK(findings.front().rule->outcome == RuleOutcome::invalid);
    CHECK_FALSE(findings.front().fix.empty());
    return std::string(findings.front().rule->id);
  }
  std::string signer() const { return signer({trusted("release", "release")}); }

  Fixture bundle;
  Fixture keys;
};

}  // namespace

TEST_CASE("a signature by minisign over what sha256sum says names the key that made it") {
  const Signed files;
  CHECK(files.signer() == "release");
  ReadBundle read = files.bundle.read();
  REQUIRE(read.bundle);
  CHECK(digest_list(read.bundle->listing) == contents(files.keys, "list"));
  const auto key = files.trusted("release", "mine");
  CHECK(verify_signature(*read.bundle, std::vector{key}).empty());
  CHECK(read.bundle->signer == Signer{"mine", key.key.id.hex(), kComment});
}

TEST_CASE("a bundle without a signature is nobody's, and without a fault") {
  const Signed files;
  REQUIRE(sh(files.bundle, "rm addon.yaml.minisig"));
  CHECK(files.signer() == "nobody");
}

TEST_CASE("the signature is no file of the add-on") {
  const Signed files;
  // A list of files refuses every other file of the bundle.
  files.bundle.write("addon.yaml", manifest_text("systemd-service", "files: []\n"));
  const ReadBundle read = files.bundle.read();
  CHECK(shown(read) == std::vector<std::string>{});
  REQUIRE(read.bundle);
  for (const BundleFile& file : read.bundle->files) CHECK(file.path.str() != "addon.yaml.minisig");
  CHECK(read.bundle->signature);
}

TEST_CASE("each file of the bundle is covered, also a new one and a missing one") {
  const Signed files;
  SECTION("manifest") { files.bundle.write("addon.yaml", manifest_text("systemd-service") + "# more\n"); }
  SECTION("binary") { files.bundle.write("probe", "#!/bin/false\n"); }
  SECTION("unit") { files.bundle.write("probe.service", std::string(service) + "# more\n"); }
  SECTION("config schema") { files.bundle.write("config.schema.json", "{ }"); }
  SECTION("new") { files.bundle.write("more/file", ""); }
  SECTION("renamed") {
    REQUIRE(sh(files.bundle, "touch b && rm config.schema.json && mv b config.schema.json"));
  }
  CHECK(files.signer() == "signature-invalid");
}

TEST_CASE("files of an add-on that is not staged are covered, too") {
  const Signed files;
  std::string manifest = manifest_text("systemd-service");
  manifest.replace(manifest.find("pushed-artifact"), 15, "os-package");
  files.bundle.write("addon.yaml", manifest);
  files.sign("release", kComment);
  CHECK(files.signer() == "release");
  files.bundle.write("probe", "#!/bin/false\n");
  CHECK(files.signer() == "signature-invalid");
}

TEST_CASE("a key that is not trusted is refused, and so is a signature that is none") {
  const Signed files;
  files.sign("other", kComment);
  CHECK(files.signer() == "signature-unknown-key");
  CHECK(files.signer({}) == "signature-unknown-key");
  files.sign("release", kComment, "-l");
  CHECK(files.signer() == "signature-legacy");
  files.bundle.write("addon.yaml.minisig", "");
  CHECK(files.signer() == "signature-malformed");
  files.bundle.write("addon.yaml.minisig", std::string(100000, 'x'));
  CHECK(files.signer() == "signature-malformed");
}

TEST_CASE("of two keys with one id the one counts that made the signature") {
  const Signed files;
  TrustedKey impostor = files.trusted("other", "impostor");
  impostor.key.id = files.trusted("release", "release").key.id;
  CHECK(files.signer({impostor, files.trusted("release", "release")}) == "release");
  CHECK(files.signer({files.trusted("release", "release"), impostor}) == "release");
  CHECK(files.signer({impostor}) == "signature-invalid");
}

TEST_CASE("the trusted comment names this add-on and version, each once") {
  const Signed files;
  const auto after = [&](const std::string& comment) {
    files.sign("release", comment);
    return files.signer();
  };
  CHECK(after("version:1.2.3 id:probe") == "release");
  CHECK(after("timestamp:1 \tfile:list\tid:probe\tversion:1.2.3\thashed") == "release");
  for (const char* comment :
       {"", "probe 1.2.3", "id:probe", "version:1.2.3", "id:prob version:1.2.3", "id:probe2 version:1.2.3",
        "id:probe version:1.2.4", "id:probe version:1.2.3+1", "id:probe id:probe version:1.2.3",
        "id:probe version:1.2.3 version:1.2.2", "id:scan id:probe version:1.2.3", "xid:probe version:1.2.3",
        "id:probe,version:1.2.3", "ID:probe version:1.2.3"}) {
    INFO(comment);
    CHECK(after(comment) == "signature-other-bundle");
  }
}

TEST_CASE("a known digest is what is verified, so a wrong one is no genuine signature") {
  const Signed files;
  const ReadBundle first = files.bundle.read();
  REQUIRE(first.bundle);
  host::KnownDigests known;
  for (const BundleFile& file : first.bundle->files) {
    if (file.path.str() == "probe") known.emplace(file.identity, Digest::of("another program"));
  }
  ReadBundle second = files.bundle.read(Origin::bundle, known);
  REQUIRE(second.bundle);
  const auto findings = verify_signature(*second.bundle, std::vector{files.trusted("release", "release")});
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().rule == &rules::signature_invalid);
}

TEST_CASE("a signature that is no regular file of one link is refused as any other entry") {
  const Signed files;
  REQUIRE(sh(files.bundle,
             "mv addon.yaml.minisig /tmp/addonctl-other.minisig && "
             "ln -s /tmp/addonctl-other.minisig addon.yaml.minisig"));
  const ReadBundle read = files.bundle.read();
  std::remove("/tmp/addonctl-other.minisig");
  CHECK_FALSE(read.bundle);
  REQUIRE(read.findings.size() == 1);
  CHECK(read.findings.front().rule == &rules::bundle_file_type);
}

TEST_CASE("what is trusted once is believed by name and id") {
  const Signed files;
  const TrustedKey release = files.trusted("release", "release");
  const Signer signer{"release", release.key.id.hex(), kComment};
  CHECK(is_trusted(signer, std::vector{release}));
  CHECK_FALSE(is_trusted(signer, {}));
  CHECK_FALSE(is_trusted(signer, std::vector{files.trusted("other", "release")}));
  CHECK_FALSE(is_trusted(signer, std::vector{files.trusted("release", "renamed")}));
}
