#include "executor/unit_files.hpp"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "linux/directory.hpp"

using namespace addon;
using namespace addon::executor;
namespace fs = std::filesystem;

namespace {
// A root directory of real files, as a host's.
class Root {
 public:
  Root() {
    std::string name = "/tmp/addonctl-units.XXXXXX";
    path_ = mkdtemp(name.data());
    directory_ = *linux::open_root(path_.string());
  }
  ~Root() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  void link(const std::string& name, const std::string& target) const {
    fs::create_directories((path_ / name).parent_path());
    fs::create_symlink(target, path_ / name);
  }
  UnitFiles units() const { return UnitFiles(*directory_); }

 private:
  fs::path path_;
  std::unique_ptr<host::Directory> directory_;
};

// "PATH: NAME NAME@ …" with an @ behind symlinks and a ? behind what is no file.
std::string shown(UnitFiles units, const std::string& directory) {
  const auto listed = units.list(directory);
  if (!listed) return listed.error().message();
  const unit::UnitListing& listing = *listed;
  std::string text = listing.path + ":";
  for (const unit::UnitEntry& entry : listing.entries) {
    text += " " + entry.name;
    if (entry.kind == unit::UnitEntry::Kind::symlink) text += "@";
    if (entry.kind == unit::UnitEntry::Kind::other) text += "?";
  }
  return text;
}
}  // namespace

TEST_CASE("a unit directory is listed by its own path, through links inside the root") {
  const Root root;
  root.write("usr/lib/systemd/system/b.service", "x");
  root.link("usr/lib/systemd/system/a.service", "b.service");
  root.write("usr/lib/systemd/system/c.service.d/x.conf", "x");
  root.link("lib", "usr/lib");
  root.link("etc/systemd", "/lib/systemd");
  const std::string expected = "/usr/lib/systemd/system: a.service@ b.service c.service.d?";
  CHECK(shown(root.units(), "/usr/lib/systemd/system") == expected);
  CHECK(shown(root.units(), "/lib/systemd/system") == expected);
  CHECK(shown(root.units(), "/etc/systemd/system") == expected);
}

TEST_CASE("what is no directory has no entries") {
  const Root root;
  root.write("etc/file", "x");
  root.link("etc/dangling", "nowhere");
  root.link("etc/loop", "loop");
  for (const char* path : {"/absent", "/etc/file", "/etc/dangling", "/etc/loop", "/etc/file/below"})
    CHECK(shown(root.units(), path) == std::string(path) + ":");
}

TEST_CASE("a unit is read through links, which end inside the root") {
  const Root root;
  root.write("opt/x.service", "text");
  root.link("etc/absolute", "/opt/x.service");
  root.link("etc/relative", "../opt/x.service");
  root.link("etc/above", "../../../../opt/x.service");
  root.link("etc/twice", "absolute");
  for (const char* path : {"/opt/x.service", "/etc/absolute", "/etc/relative", "/etc/above", "/etc/twice"}) {
    INFO(path);
    CHECK(*root.units().read(path) == "text");
  }
  CHECK(*root.units().read_link("/etc/absolute") == "/opt/x.service");
  CHECK(*root.units().read_link("/opt/x.service") == std::nullopt);
  CHECK(*root.units().read_link("/opt/absent") == std::nullopt);
}

TEST_CASE("/dev/null is an empty text, also where the root has no devices") {
  const Root root;
  root.link("etc/masked.service", "/dev/null");
  CHECK(*root.units().read("/etc/masked.service") == "");
}

TEST_CASE("a directory and a dangling link are no text") {
  const Root root;
  root.write("etc/d/x", "x");
  root.link("etc/dangling", "nowhere");
  for (const char* path : {"/etc/d", "/etc/dangling", "/etc/absent"})
    CHECK(*root.units().read(path) == std::nullopt);
}
