// What is signed is what is staged, and a record vouches for as long as its key is trusted.
#include "bundle/signature.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "bundle/minisign_secret.hpp"
#include "linux/directory.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;
namespace fs = std::filesystem;

namespace {

const std::string kProbe = "opt/addons/probe/versions/1.0.0/probe";

/// A key that minisign made, both halves.
class Key {
 public:
  explicit Key(std::string name) : name_(std::move(name)) {
    std::string place = "/tmp/addonctl-key-XXXXXX";
    REQUIRE(mkdtemp(place.data()) != nullptr);
    const std::string command =
        "minisign -G -W -f -p " + place + "/public -s " + place + "/secret >/dev/null 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);  // NOLINT(cert-env33-c): the program of Debian is the point
    secret_ = read_file(place + "/secret");
    public_ = read_file(place + "/public");
    fs::remove_all(place);
  }

  bundle::TrustedKey trusted() const {
    auto key = bundle::read_key(name_, public_, name_);
    REQUIRE(key);
    return *key;
  }

  /// Signs the bundle as it is now.
  void sign(const Host& host, const std::string& bundle) const {
    auto directory = linux::open_directory_path(host.bundle_path(bundle));
    REQUIRE(directory);
    const auto read = bundle::read_directory(std::move(*directory), bundle, bundle::Origin::bundle, {});
    REQUIRE(read.bundle);
    const auto file = bundle::minisign::SecretKeyFile::parse(secret_);
    REQUIRE(file);
    const auto key = file->unlock("");
    REQUIRE(key);
    const auto text = key->sign(Blake2b::of(bundle::digest_list(read.bundle->listing)),
                                bundle::required_comment(*read.bundle));
    REQUIRE(text);
    write_file(host.bundle_path(bundle) + "/addon.yaml.minisig", *text);
  }

 private:
  std::string name_;
  std::string secret_;
  std::string public_;
};

void require_signature(Host& host) { host.policy().signatures_required = {PolicyRef{"policy.yaml", 1, ""}}; }

Outcome install_signed(Host& host, const Key& key, const Files& files) {
  host.write_bundle("probe", files);
  key.sign(host, "probe");
  return host.must(host.apply({"probe"}));
}

Lines rules_of(const Result<Prepared>& prepared) {
  REQUIRE(error_of(prepared) == "");
  Lines rules;
  for (const Finding& finding : prepared->findings) rules.emplace_back(finding.rule->id);
  return rules;
}

}  // namespace

TEST_CASE("what a trusted key has signed is applied and recorded, and its signature is not staged") {
  NEEDS_ROOT();
  Host host;
  const Key release("release");
  host.policy().keys = {release.trusted()};
  require_signature(host);
  install_signed(host, release, probe_files("1.0.0"));
  CHECK(exists(host / kProbe));
  CHECK_FALSE(exists(host / "opt/addons/probe/versions/1.0.0/addon.yaml.minisig"));
  const auto again = host.prepare(host.apply({"probe"}));
  REQUIRE(again);
  const auto& signer = again->generation.addons.at(plan::test::id("probe")).signer;
  CHECK(signer == bundle::Signer{"release", release.trusted().key.id.hex(), "id:probe version:1.0.0"});
  CHECK(again->plan.steps.empty());
  CHECK_FALSE(again->plan.summary.has_changes());
}

TEST_CASE("without a signature nothing is applied where one is required, and by an unknown key nowhere") {
  NEEDS_ROOT();
  Host host;
  const Key release("release");
  host.write_bundle("probe", probe_files("1.0.0"));
  release.sign(host, "probe");
  CHECK(rules_of(host.prepare(host.apply({"probe"}))) == Lines{"signature-unknown-key"});
  host.policy().keys = {release.trusted()};
  fs::remove(host.bundle_path("probe") + "/addon.yaml.minisig");
  CHECK(rules_of(host.prepare(host.apply({"probe"}))) == Lines{});
  require_signature(host);
  CHECK(rules_of(host.prepare(host.apply({"probe"}))) == Lines{"policy-signature"});
}

TEST_CASE("a file that is exchanged after it was verified is never active") {
  NEEDS_ROOT();
  Host host;
  const Key release("release");
  host.policy().keys = {release.trusted()};
  require_signature(host);
  host.write_bundle("probe", probe_files("1.0.0"));
  release.sign(host, "probe");
  const std::string file = host.bundle_path("probe") + "/probe";
  std::string other = read_file(file);
  other.back() = '?';
  const auto before = host.snapshot();
  bool swapped = false;
  host.on_progress = [&](std::string_view doing) {
    if (!doing.starts_with("staging") || swapped) return;
    swapped = true;
    write_file(file, other);
  };
  const auto outcome = host.run(host.apply({"probe"}));
  CHECK(swapped);
  CHECK(kind_of(outcome) == ErrorKind::stale);
  CHECK(difference(before, host.snapshot()) == Lines{});
  // Nor is it when it was exchanged before, for then it is not what was signed.
  CHECK(rules_of(host.prepare(host.apply({"probe"}))) == Lines{"signature-invalid"});
}

TEST_CASE("a file that is taken for a known one is not staged with other bytes") {
  NEEDS_ROOT();
  Host host;
  const Key release("release");
  host.policy().keys = {release.trusted()};
  host.write_bundle("probe", probe_files("1.0.0"));
  release.sign(host, "probe");
  auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(prepared);
  REQUIRE(prepared->bundles.size() == 1);
  CHECK(prepared->bundles.front().signer);
  // As if an identity had lied: the signed digests stay in the plan, the bytes are others.
  std::string other = read_file(host.bundle_path("probe") + "/probe");
  other.front() = '!';
  write_file(host.bundle_path("probe") + "/probe", other);
  const auto outcome = host.execute(*prepared);
  CHECK(kind_of(outcome) == ErrorKind::stale);
  CHECK_FALSE(exists(host / kProbe));
}

TEST_CASE("a retired key takes its rights away, and the new one gives them back to the same bytes") {
  NEEDS_ROOT();
  Host host;
  const Key old_key("old");
  const Key new_key("new");
  require_signature(host);
  host.policy().keys = {old_key.trusted()};
  install_signed(host, old_key, probe_files("1.0.0"));

  host.policy().keys = {new_key.trusted(), old_key.trusted()};
  new_key.sign(host, "probe");
  const auto outcome = host.must(host.apply({"probe"}));
  CHECK(outcome.generation == 2);
  const auto now = host.prepare(Host::repair());
  REQUIRE(now);
  CHECK(now->generation.addons.at(plan::test::id("probe")).signer->key == "new");
  CHECK(now->generation.summary == "repaired probe 1.0.0 (signed by new)");

  // With the old key only, what would have to be mended may not be.
  fs::remove(host / "opt/addons/probe/current");
  host.policy().keys = {old_key.trusted()};
  const auto repair = host.prepare(Host::repair());
  CHECK(rules_of(repair) == Lines{"policy-signature"});
  CHECK(repair->findings.front().message.find("the key new (") != std::string::npos);
  host.policy().keys = {new_key.trusted()};
  host.must(Host::repair());
}

TEST_CASE("a rollback is judged by who signed the version that it goes back to") {
  NEEDS_ROOT();
  Host host;
  const Key old_key("old");
  const Key new_key("new");
  require_signature(host);
  host.policy().keys = {new_key.trusted(), old_key.trusted()};
  install_signed(host, old_key, probe_files("1.0.0"));
  install_signed(host, new_key, probe_files("1.1.0"));
  host.policy().keys = {new_key.trusted()};
  const auto before = host.snapshot();
  CHECK(rules_of(host.prepare(Host::rollback("probe"))) == Lines{"policy-signature"});
  CHECK(rules_of(host.prepare(Host::rollback_host())) == Lines{"policy-signature"});
  // Another key of that name is another key.
  host.policy().keys = {bundle::TrustedKey{"old", new_key.trusted().key}};
  CHECK(rules_of(host.prepare(Host::rollback("probe"))) == Lines{"policy-signature"});
  CHECK(difference(before, host.snapshot()) == Lines{});
  host.policy().keys = {new_key.trusted(), old_key.trusted()};
  host.must(Host::rollback("probe"));
  CHECK(link_of(host / "opt/addons/probe/current") == "versions/1.0.0");
}

TEST_CASE("the same bytes without their signature leave the record of who signed them") {
  NEEDS_ROOT();
  Host host;
  const Key release("release");
  host.policy().keys = {release.trusted()};
  install_signed(host, release, probe_files("1.0.0"));
  fs::remove(host.bundle_path("probe") + "/addon.yaml.minisig");
  const auto again = host.prepare(host.apply({"probe"}));
  REQUIRE(again);
  CHECK_FALSE(again->plan.summary.has_changes());
  // It is judged by what is recorded of these bytes, as a repair of them is.
  CHECK(again->plan.signers.count(plan::test::id("probe")) == 1);
  CHECK(again->plan.result.at(plan::test::id("probe")).signer);
}
