// dpkg and rpm, asked by their own tools. Real packages are in tests/host/cases/packages.sh.
#include "linux/package_databases.hpp"

#include <catch2/catch.hpp>

#include "linux/program_runner.hpp"
#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;

namespace {
/// A host below a directory, and the tools of this machine to read its databases.
struct Databases {
  Scratch scratch;
  std::unique_ptr<host::Directory> root = scratch.open();
  ProcessRunner programs;
  std::unique_ptr<host::PackageDatabase> dpkg = make_dpkg(*root, scratch.path(), programs);
  std::unique_ptr<host::PackageDatabase> rpm = make_rpm(*root, scratch.path(), programs);
};

/// "1.2~rc1 < 1.2"
bool holds(host::PackageDatabase& database, const std::string& text) {
  const auto first = text.find(' ');
  const auto second = text.rfind(' ');
  const auto met = database.meets(text.substr(0, first), text.substr(first + 1, second - first - 1),
                                  text.substr(second + 1));
  INFO(text);
  REQUIRE(message(met) == "");
  return *met;
}

std::string entry(const std::string& name, const std::string& status, const std::string& version) {
  return "Package: " + name + "\nStatus: " + status +
         "\nMaintainer: n\nArchitecture: all\nVersion: " + version + "\nDescription: x\n\n";
}
}  // namespace

TEST_CASE("versions of Debian packages are ordered as dpkg does") {
  Databases databases;
  REQUIRE(databases.dpkg != nullptr);
  for (const char* text : {"1.2~rc1 < 1.2", "1.2-1 > 1.2", "1:0.1 > 99", "1.10 > 1.9", "1.2 = 1.2-0",
                           "1.2+b1 >= 1.2", "1.2 <= 1.2"})
    CHECK(holds(*databases.dpkg, text));
  CHECK_FALSE(holds(*databases.dpkg, "1.2 > 1.2"));
}

TEST_CASE("versions of RPM packages are ordered as rpm does") {
  Databases databases;
  if (databases.rpm == nullptr) {
    WARN("skipped: rpm is not installed");
    return;
  }
  for (const char* text : {"1.2~rc1-1 < 1.2", "1.2^git1-1 > 1.2", "1:0.1-1 > 99", "1.10-1 > 1.9",
                           // A release that is not asked about does not count; to dpkg 1.2-3 is later.
                           "1.2-3 = 1.2", "1.2-3 < 1.2-4", "0:1.2-3 = 1.2-3"})
    CHECK(holds(*databases.rpm, text));
  CHECK_FALSE(holds(*databases.rpm, "1.2-3 > 1.2"));
}

TEST_CASE("what is no version reaches no tool as anything else") {
  Databases databases;
  for (host::PackageDatabase* database : {databases.dpkg.get(), databases.rpm.get()}) {
    if (database == nullptr) continue;
    for (const char* bound :
         {"", "-1", "--help", "1\"))}%{lua:print(1)}", "%{version}", "1 2", "a:1:2:3", "1.2-"}) {
      CAPTURE(database->name(), bound);
      const auto met = database->meets("1.0", ">=", bound);
      REQUIRE_FALSE(met);
      CHECK(met.error().kind() == ErrorKind::invalid);
    }
  }
}

TEST_CASE("the state of a Debian package is dpkg's own word") {
  NEEDS_ROOT();
  Databases databases;
  REQUIRE(databases.dpkg != nullptr);
  databases.scratch.mkdir("var");
  databases.scratch.mkdir("var/lib");
  CHECK_FALSE(databases.dpkg->find("foo").value());  // no database at all, and none is made
  CHECK(databases.scratch.names() == std::vector<std::string>{"var"});
  databases.scratch.mkdir("var/lib/dpkg");
  databases.scratch.mkdir("var/lib/dpkg/info");
  databases.scratch.mkdir("var/lib/dpkg/updates");
  databases.scratch.write("var/lib/dpkg/status", entry("foo", "install ok installed", "1:1.2-3") +
                                                     entry("half", "install reinstreq half-installed", "1") +
                                                     entry("gone", "deinstall ok config-files", "1"));
  databases.scratch.write("var/lib/dpkg/info/format", "1\n");
  databases.scratch.write("var/lib/dpkg/info/foo.list", "/.\n/usr\n/usr/bin/foo\n/usr/bin/moved\n");
  databases.scratch.write("var/lib/dpkg/diversions", "/usr/bin/moved\n/usr/bin/moved.distrib\nother\n");
  const auto foo = databases.dpkg->find("foo");
  REQUIRE(message(foo) == "");
  REQUIRE(*foo);
  CHECK((*foo)->is_installed());
  CHECK((*foo)->version == "1:1.2-3");
  // What another package has diverted is not what stands there.
  CHECK((*foo)->files == std::vector<std::string>{"/.", "/usr", "/usr/bin/foo"});
  CHECK(databases.dpkg->find("half").value()->state == "half-installed");
  CHECK(databases.dpkg->find("gone").value()->state == "config-files");
  CHECK_FALSE(databases.dpkg->find("none").value());
  for (const char* name : {"", "-W", "fo*", "Foo", "f", "a b", "../x"})
    CHECK_FALSE(databases.dpkg->find(name).value());
}

TEST_CASE("rpm makes no database where there is none") {
  Databases databases;
  if (databases.rpm == nullptr) {
    WARN("skipped: rpm is not installed");
    return;
  }
  CHECK_FALSE(databases.rpm->find("foo").value());
  CHECK(databases.scratch.names().empty());
}

}  // namespace addon::linux
