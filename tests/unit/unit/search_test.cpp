#include "unit/search.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "unit/load.hpp"
#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

namespace {
// A host's files by path; a text that starts with "-> " is a symlink.
class Files final : public UnitReader {
 public:
  explicit Files(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  Result<UnitListing> list(const std::string& directory) override {
    UnitListing listing{directory, {}};
    for (const auto& [path, text] : files_) {
      if (path.substr(0, path.rfind('/')) != directory) continue;
      const bool is_link = text.starts_with("-> ");
      listing.entries.push_back(
          {path.substr(path.rfind('/') + 1), is_link ? UnitEntry::Kind::symlink : UnitEntry::Kind::file});
    }
    return listing;
  }

  Result<std::optional<std::string>> read_link(const std::string& path) override {
    const auto found = files_.find(path);
    if (found == files_.end() || !found->second.starts_with("-> ")) return std::nullopt;
    return found->second.substr(3);
  }

  Result<std::optional<std::string>> read(const std::string& path) override {
    if (path == "/dev/null") return "";
    const auto found = files_.find(path);
    if (found == files_.end()) return std::nullopt;
    if (found->second.starts_with("-> ")) return read(found->second.substr(3));
    return found->second;
  }

 private:
  std::map<std::string, std::string> files_;
};

const std::string etc = "/etc/systemd/system/";
const std::string usr = "/usr/lib/systemd/system/";
const std::string unit_text = "[Service]\nExecStart=/bin/true\n";

Lines drop_ins(Files files, std::string_view name, const std::vector<std::string>& aliases = {}) {
  std::vector<FullName> names;
  for (const std::string& alias : aliases) names.push_back(name_of(alias));
  Lines paths;
  const std::vector<DropIn> found = *search_drop_ins(files, name_of(name), names);
  for (const DropIn& drop_in : found) paths.push_back(drop_in.path);
  return paths;
}

LoadedUnit load(Files files, std::string_view name) {
  const UnitIndex index = *UnitIndex::read(files);
  return *load_unit(files, index, name_of(name));
}

std::string names(const LoadedUnit& loaded) {
  std::string text = loaded.found.id.str();
  for (const FullName& alias : loaded.found.aliases) text += " " + alias.str();
  return text;
}

// Removes what wins again and again: every directory of one file, best first.
Lines preferred(const Lines& directories, std::string_view name,
                const std::vector<std::string>& aliases = {}) {
  std::set<std::string> left(directories.begin(), directories.end());
  Lines order;
  while (true) {
    std::map<std::string, std::string> files;
    for (const std::string& directory : left) files[directory + "/same.conf"] = "[Service]\n";
    const Lines found = drop_ins(Files(files), name, aliases);
    if (found.empty()) return order;
    REQUIRE(found.size() == 1);
    order.push_back(found[0].substr(0, found[0].rfind('/')));
    left.erase(order.back());
  }
}
}  // namespace

// The orders below are those in which systemd 252 let one drop-in hide the others.
TEST_CASE("of drop-ins with one name, the unit's own comes before its prefixes' and its type's") {
  const Lines order = {etc + "foo-bar-baz.service.d", etc + "foo-bar-.service.d", etc + "foo-.service.d",
                       etc + "service.d"};
  CHECK(preferred(order, "foo-bar-baz.service") == order);
}

TEST_CASE("an instance has the drop-ins of its template, and of the prefixes of both") {
  const Lines order = {etc + "foo-bar@x.service.d", etc + "foo-bar@.service.d", etc + "foo-.service.d",
                       etc + "foo-@x.service.d",    etc + "foo-@.service.d",    etc + "service.d"};
  CHECK(preferred(order, "foo-bar@x.service") == order);
}

TEST_CASE("a dash at either end of a name starts no prefix of its own") {
  CHECK(preferred({etc + "foo-dash-.service.d", etc + "foo-dash.service.d", etc + "foo-.service.d"},
                  "foo-dash-.service") == Lines{etc + "foo-dash-.service.d", etc + "foo-.service.d"});
  CHECK(preferred({etc + "foo--x.service.d", etc + "foo--.service.d", etc + "foo-.service.d"},
                  "foo--x.service") ==
        Lines{etc + "foo--x.service.d", etc + "foo--.service.d", etc + "foo-.service.d"});
  CHECK(preferred({etc + "-lead.service.d", etc + "-.service.d"}, "-lead.service") ==
        Lines{etc + "-lead.service.d"});
}

TEST_CASE("the search path decides before the length of a prefix does") {
  Lines order;
  for (const char* directory :
       {"/etc/systemd/system.control/", "/run/systemd/system.control/", "/run/systemd/transient/",
        "/etc/systemd/system/", "/etc/systemd/system.attached/", "/run/systemd/system/",
        "/run/systemd/system.attached/", "/usr/local/lib/systemd/system/", "/usr/lib/systemd/system/"}) {
    order.push_back(std::string(directory) + "prec-x.service.d");
    order.push_back(std::string(directory) + "prec-.service.d");
  }
  CHECK(preferred(order, "prec-x.service") == order);
}

TEST_CASE("a unit's own name comes before its aliases, and these before its type, whatever the directory") {
  const Lines order = {usr + "real.service.d", etc + "al.service.d", etc + "service.d"};
  CHECK(preferred(order, "real.service", {"al.service"}) == order);
}

TEST_CASE("drop-ins apply by file name across directories, and only *.conf counts") {
  CHECK(drop_ins(Files({{etc + "a.service.d/20.conf", ""},
                        {usr + "a.service.d/10.conf", ""},
                        {etc + "service.d/15.conf", ""},
                        {etc + "a.service.d/.1.conf", ""},
                        {etc + "a.service.d/1.conf~", ""},
                        {etc + "a.timer.d/1.conf", ""},
                        {etc + "b.service.d/1.conf", ""}}),
                 "a.service") ==
        Lines{usr + "a.service.d/10.conf", etc + "service.d/15.conf", etc + "a.service.d/20.conf"});
}

TEST_CASE("a drop-in says for what it was meant") {
  Files files({{etc + "a-.service.d/x.conf", ""}});
  const std::vector<DropIn> found = *search_drop_ins(files, name_of("a-b.service"), {});
  CHECK(found.at(0).scope == "a-.service");
}

TEST_CASE("a link to /dev/null takes a drop-in away") {
  const LoadedUnit loaded = load(Files({{etc + "a.service", unit_text},
                                        {etc + "a.service.d/x.conf", "-> /dev/null"},
                                        {usr + "a.service.d/x.conf", "[Service]\nUser=nobody\n"}}),
                                 "a.service");
  CHECK(loaded.drop_ins.size() == 1);
  CHECK(analyze(loaded.unit, name_of("a.service")).privileges.user.value.empty());
}

TEST_CASE("a unit is the first file of its name with its drop-ins behind it") {
  const LoadedUnit loaded = load(Files({{etc + "a.service", unit_text + "User=a\n"},
                                        {usr + "a.service", unit_text + "User=b\n"},
                                        {usr + "a.service.d/x.conf", "[Service]\nUser=c\n"}}),
                                 "a.service");
  CHECK(loaded.state == LoadState::loaded);
  CHECK(loaded.found.fragment == etc + "a.service");
  const Privileges privileges = analyze(loaded.unit, name_of("a.service")).privileges;
  CHECK(privileges.user.value == "c");
  CHECK(privileges.user.at == SourceSpan{usr + "a.service.d/x.conf", 2, 1});
}

TEST_CASE("an empty file and a link to /dev/null mask a unit") {
  const Files files({{etc + "m1.service", "-> /dev/null"},
                     {etc + "m2.service", ""},
                     {etc + "m3.service", "-> /opt/x/empty.service"},
                     {"/opt/x/empty.service", ""},
                     {usr + "m1.service", unit_text},
                     {usr + "m2.service", unit_text}});
  for (const char* name : {"m1.service", "m2.service", "m3.service"}) {
    const LoadedUnit loaded = load(files, name);
    CHECK(loaded.state == LoadState::masked);
    CHECK(loaded.found.fragment == etc + name);
    CHECK(loaded.unit.directives.empty());
  }
}

TEST_CASE("a name that stands for a masked unit is masked") {
  const Files files({{etc + "real.service", "-> /dev/null"}, {etc + "al.service", "-> real.service"}});
  CHECK(load(files, "al.service").state == LoadState::masked);
  CHECK(load(files, "al.service").found.id == name_of("real.service"));
}

TEST_CASE("a unit whose name is an alias is the unit that it stands for") {
  const Files files({{etc + "real.service", unit_text},
                     {etc + "al1.service", "-> real.service"},
                     {etc + "al2.service", "-> " + etc + "al1.service"},
                     {etc + "sus.service", "-> sub/real.service"},
                     {etc + "al2.service.d/q.conf", "[Service]\nUser=q\n"}});
  for (const char* name : {"real.service", "al1.service", "al2.service", "sus.service"}) {
    const LoadedUnit loaded = load(files, name);
    CHECK(names(loaded) == "real.service al1.service al2.service sus.service");
    CHECK(loaded.found.fragment == etc + "real.service");
    CHECK(loaded.drop_ins.size() == 1);
  }
}

TEST_CASE("a link out of the unit directories is the unit itself") {
  const LoadedUnit loaded =
      load(Files({{etc + "linked.service", "-> /opt/x/other.service"}, {"/opt/x/other.service", unit_text}}),
           "linked.service");
  CHECK(loaded.state == LoadState::loaded);
  CHECK(names(loaded) == "linked.service");
  CHECK(loaded.found.fragment == etc + "linked.service");
}

TEST_CASE("a link to its own name elsewhere is passed over") {
  const LoadedUnit loaded = load(
      Files({{etc + "a.service", "-> " + usr + "a.service"}, {usr + "a.service", unit_text}}), "a.service");
  CHECK(loaded.found.fragment == usr + "a.service");
}

TEST_CASE("links that stand for nothing are no unit") {
  const Files files({{etc + "real.service", unit_text},
                     {etc + "foo@.service", unit_text},
                     {etc + "bad.timer", "-> real.service"},
                     {etc + "dang.service", "-> nothing.service"},
                     {etc + "dang2.service", "-> /opt/nothing.service"},
                     {etc + "loop1.service", "-> loop2.service"},
                     {etc + "loop2.service", "-> loop1.service"},
                     {etc + "self.service", "-> self.service"},
                     {etc + "plain.service", "-> foo@zz.service"},
                     {etc + "other@a.service", "-> foo@b.service"}});
  for (const char* name : {"bad.timer", "dang.service", "dang2.service", "loop1.service", "self.service",
                           "plain.service", "other@a.service", "absent.service"}) {
    INFO(name);
    CHECK(load(files, name).state == LoadState::not_found);
  }
}

TEST_CASE("an instance is its own file, else its template's, and aliases of either follow") {
  const Files files({{etc + "foo@.service", unit_text},
                     {etc + "foo@own.service", unit_text},
                     {etc + "ali@.service", "-> foo@.service"},
                     {etc + "one@q.service", "-> foo@.service"},
                     {etc + "two@zz.service", "-> foo@zz.service"}});
  CHECK(load(files, "foo@own.service").found.fragment == etc + "foo@own.service");
  CHECK(load(files, "foo@k.service").found.fragment == etc + "foo@.service");
  CHECK(names(load(files, "foo@k.service")) == "foo@k.service ali@k.service");
  CHECK(names(load(files, "ali@k.service")) == "foo@k.service ali@k.service");
  CHECK(names(load(files, "one@q.service")) == "foo@q.service ali@q.service one@q.service");
  CHECK(load(files, "one@r.service").state == LoadState::not_found);
  CHECK(names(load(files, "two@zz.service")) == "foo@zz.service ali@zz.service two@zz.service");
}
