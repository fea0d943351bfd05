// Going back: one add-on to its previous version, the whole host to an earlier generation.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "bundle/parser.hpp"
#include "executor/generations.hpp"
#include "executor/rollback_target.hpp"
#include "linux/directory.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;
namespace fs = std::filesystem;

namespace {
const std::string kOld = "opt/addons/probe/versions/1.0.0";

void upgrade(Host& host) {
  host.install("probe", probe_files("1.0.0"));
  host.install("probe", probe_files("1.1.0"));
}
}  // namespace

TEST_CASE("a rollback activates the previous version as it is installed") {
  NEEDS_ROOT();
  Host host;
  upgrade(host);
  fs::remove_all(host.bundle_path("probe"));
  CHECK(host.must(Host::rollback("probe")).generation == 3);
  CHECK(link_of(host / "opt/addons/probe/current") == "versions/1.0.0");
  CHECK(raw_capabilities(host / (kOld + "/probe")) == kNetRaw);
  CHECK(raw_capabilities(host / "opt/addons/probe/versions/1.1.0/probe") == "");
  CHECK(host.units.running() == Lines{"probe.service: versions/1.0.0"});
}

TEST_CASE("a rollback restores the units of the version that it goes back to") {
  NEEDS_ROOT();
  Host host;
  host.install("scan", scan_files("1.0.0"));
  const auto service = read_file(host / "etc/systemd/system/scan.service");
  Files files = scan_files("2.0.0");
  files.at("scan.service") += "Nice=5\n";
  files["scan-more.service"] = files.at("scan.service");
  host.install("scan", files);
  REQUIRE(exists(host / "etc/systemd/system/scan-more.service"));
  host.must(Host::rollback("scan"));
  CHECK(read_file(host / "etc/systemd/system/scan.service") == service);
  CHECK_FALSE(exists(host / "etc/systemd/system/scan-more.service"));
}

TEST_CASE("a rollback is refused, naming the version and changing nothing, when it is not whole") {
  NEEDS_ROOT();
  Host host;
  upgrade(host);
  std::string message;
  SECTION("missing") {
    fs::remove_all(host / kOld);
    message = "cannot go back to probe 1.0.0: /opt/addons/probe/versions/1.0.0 is missing";
  }
  SECTION("altered") {
    write_file(host / (kOld + "/probe"), "evil program!");
    message = "cannot go back to probe 1.0.0: /opt/addons/probe/versions/1.0.0 is not what was installed";
  }
  SECTION("further file") {
    write_file(host / (kOld + "/more"), "");
    message = "cannot go back to probe 1.0.0: /opt/addons/probe/versions/1.0.0 is not what was installed";
  }
  SECTION("manifest gone") {
    fs::remove(host / (kOld + "/addon.yaml"));
    message =
        "cannot go back to probe 1.0.0: /opt/addons/probe/versions/1.0.0 is not what was installed: the "
        "directory has neither addon.yaml nor a NAME.addon.yaml";
  }
  const Snapshot before = host.snapshot();
  const auto one = host.run(Host::rollback("probe"));
  CHECK(error_of(one) == message);
  CHECK(kind_of(one) == ErrorKind::failed);
  CHECK(error_of(host.run(Host::rollback_host())) == message);
  CHECK(difference(before, host.snapshot()) == Lines{});
}

TEST_CASE("a rollback to a version that is a link is refused") {
  NEEDS_ROOT();
  Host host;
  upgrade(host);
  fs::rename(host / kOld, host / "elsewhere");
  fs::create_symlink(host / "elsewhere", host / kOld);
  const Snapshot before = host.snapshot();
  CHECK_THAT(error_of(host.run(Host::rollback("probe"))),
             Catch::Contains("it is a symbolic link, which addonctl never follows"));
  CHECK(difference(before, host.snapshot()) == Lines{});
}

TEST_CASE("there is nothing to go back to before the first upgrade, or without the add-on") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  CHECK(error_of(host.run(Host::rollback("probe"))) ==
        "probe has no version before 1.0.0; use addonctl remove to take it off");
  const auto other = host.run(Host::rollback("scan"));
  CHECK(error_of(other) == "scan is not installed; addonctl status lists what is");
  CHECK(kind_of(other) == ErrorKind::usage);
}

TEST_CASE("the host goes back to the generation before: what came goes, what went comes back") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.write_bundle("scan", scan_files());
  host.write_bundle("probe", probe_files("1.1.0"));
  host.must(host.apply({"probe", "scan"}));
  CHECK(host.must(Host::rollback_host()).generation == 3);
  CHECK(host.units.running() == Lines{"probe.service: versions/1.0.0"});
  CHECK_FALSE(exists(host / "etc/systemd/system/scan.timer"));
  CHECK(host.must(Host::rollback_host(2)).generation == 4);
  CHECK(host.units.running() == Lines{"probe.service: versions/1.1.0", "scan.timer: "});
}

TEST_CASE("generation 0 is the empty host") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  host.must(Host::rollback_host());
  CHECK(host.units.running() == Lines{});
  CHECK_FALSE(exists(host / "opt/addons/probe/current"));
}

TEST_CASE("a generation that there is not is refused") {
  NEEDS_ROOT();
  Host host;
  const auto nothing = host.run(Host::rollback_host());
  CHECK(error_of(nothing) == "there is no generation to roll back from: nothing was applied yet");
  host.install("probe", probe_files());
  const auto unknown = host.run(Host::rollback_host(9));
  CHECK(error_of(unknown) == "there is no generation 9; addonctl history lists them");
  CHECK(kind_of(unknown) == ErrorKind::usage);
}

TEST_CASE("going back to where the host is changes nothing") {
  NEEDS_ROOT();
  Host host;
  upgrade(host);
  const Snapshot before = host.snapshot();
  CHECK(host.must(Host::rollback_host(2)).generation == 2);
  CHECK(difference(before, host.snapshot()) == Lines{});
}

TEST_CASE("a unit name that another add-on has since is said to be in the way") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  host.must(Host::remove({"probe"}));
  Files files = scan_files();
  files["probe.service"] = files.at("scan.service");
  host.install("scan", files);
  const Snapshot before = host.snapshot();
  CHECK(error_of(host.run(Host::rollback_host(1))) == "unit name probe.service belongs to add-on scan");
  CHECK(difference(before, host.snapshot()) == Lines{});
  host.must(Host::remove({"scan"}));
  host.must(Host::rollback_host(1));
  CHECK(host.units.running() == Lines{"probe.service: versions/1.0.0"});
}

namespace {

/// Remembers what it was asked to read, and has it read.
class Witness final : public bundle::Parser {
 public:
  manifest::ParsedManifest manifest(std::string_view text, const std::string& file) override {
    asked.push_back(file);
    return own_.manifest(text, file);
  }
  bundle::AnalyzedUnit unit(const UnitName& name, std::string_view text, const std::string& file) override {
    asked.push_back(file);
    return own_.unit(name, text, file);
  }
  Result<bundle::minisign::Signature> signature(std::string_view text, const std::string& file) override {
    asked.push_back(file);
    return own_.signature(text, file);
  }
  Lines asked;

 private:
  bundle::OwnParser own_;
};

}  // namespace

TEST_CASE("what is installed is read by whom the caller names, and by nobody else") {
  NEEDS_ROOT();
  Host host;
  upgrade(host);
  const auto root = linux::open_directory_path(host / "");
  REQUIRE(root);
  const auto generations = read_generations(**root);
  REQUIRE(generations);
  const auto release = previous_release(*generations, *AddonId::parse("probe"));
  REQUIRE(release);
  Witness witness;
  REQUIRE(read_installed(*release, **root, {}, &witness));
  CHECK(witness.asked == Lines{"/" + kOld + "/addon.yaml", "/" + kOld + "/probe.service"});
}
