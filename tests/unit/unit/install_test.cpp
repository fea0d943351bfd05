#include "unit/install.hpp"

#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

namespace {
Install install_of(std::string_view text, std::string_view name = "probe.service") {
  return read_install(parse_unit(text, std::string(name)).unit, name_of(name));
}
Lines values(const std::vector<Stated<std::string>>& list) {
  Lines values;
  for (const Stated<std::string>& stated : list) values.push_back(stated.value);
  return values;
}
}  // namespace

TEST_CASE("[Install] lists add up without repetitions, each word with its line") {
  const Install install = install_of(
      "[Install]\nWantedBy=a.target  b.target\nWantedBy=a.target \"c.target\"\nRequiredBy=d.target\n"
      "Alias=e.service\nAlso=f.socket g.service\n");
  CHECK(values(install.wanted_by) == Lines{"a.target", "b.target", "c.target"});
  CHECK(install.wanted_by[2].at == SourceSpan{"probe.service", 3, 1});
  CHECK(values(install.required_by) == Lines{"d.target"});
  CHECK(values(install.alias) == Lines{"e.service"});
  CHECK(values(install.also) == Lines{"f.socket", "g.service"});
}

TEST_CASE("an empty assignment resets a list, but not Also=") {
  const Install install = install_of(
      "[Install]\nWantedBy=a.target\nWantedBy=\nWantedBy=b.target\nAlias=c.service\nAlias=\nAlso=d."
      "service\nAlso=\n");
  CHECK(values(install.wanted_by) == Lines{"b.target"});
  CHECK(install.alias.empty());
  CHECK(values(install.also) == Lines{"d.service"});
}

TEST_CASE("a backslash in [Install] is part of a name") {
  CHECK(values(install_of("[Install]\nWantedBy=dev-\\x2d.device\n").wanted_by) == Lines{"dev-\\x2d.device"});
}

TEST_CASE("[Install] counts only under its own name") {
  CHECK(install_of("[Unit]\nWantedBy=a.target\n[install]\nWantedBy=b.target\n").wanted_by.empty());
}

TEST_CASE("a timer activates the service of its own name, or the first unit that Unit= names") {
  CHECK(install_of("[Timer]\n", "probe.timer").activates.value == "probe.service");
  CHECK(install_of("[Timer]\n", "probe.timer").activates.at == SourceSpan{"probe.timer"});
  const Install named =
      install_of("[Timer]\nUnit=\nUnit=probe.timer\nUnit=a.service\nUnit=b.service\n", "probe.timer");
  CHECK(named.activates.value == "a.service");
  CHECK(named.activates.at == SourceSpan{"probe.timer", 4, 1});
  CHECK(install_of("[Timer]\nUnit=a.service\n").activates.value.empty());
}

TEST_CASE("enabling links a unit into the directories of those that want or require it, sorted") {
  const Install install = install_of("[Install]\nWantedBy=z.target a.target\nRequiredBy=m.target\n");
  const std::string target = "/etc/systemd/system/probe.service";
  CHECK(install_links(install, name_of("probe.service")) ==
        std::vector<InstallLink>{{"a.target.wants/probe.service", target},
                                 {"m.target.requires/probe.service", target},
                                 {"z.target.wants/probe.service", target}});
  CHECK(install_links(install_of(""), name_of("probe.service")).empty());
}

TEST_CASE("no link is made for a name that could lead elsewhere") {
  const Install install = install_of(
      "[Install]\nWantedBy=../../x.target /etc/y.target .target a.target/ %i.target %p/x.target\n");
  CHECK(install_links(install, name_of("probe.service")).empty());
}

TEST_CASE("[Install] and a timer's Unit= resolve the unit's name") {
  CHECK(values(install_of("[Install]\nWantedBy=%p-x.target\n").wanted_by) == Lines{"probe-x.target"});
  CHECK(install_of("[Timer]\nUnit=%p-x.service\n", "probe.timer").activates.value == "probe-x.service");
  CHECK(install_of("[Timer]\nUnit=%i.service\n", "probe@a.timer").activates.value == "a.service");
}

TEST_CASE("every unit that a unit names is a reference, with its line") {
  const Install install = install_of(
      "[Unit]\nAfter=a.service\nOnFailure=b@%n.service\nConflicts=c.service d.service\nConflicts=\n"
      "[Service]\nSlice=e.slice\nSockets=f.socket\nUnit=no.service\n"
      "[Install]\nAlias=g.service\nAlias=\nAlias=h.service\nAlso=i.service\nAlso=\nWantedBy=j.target\n");
  Lines references;
  for (const Reference& reference : install.references)
    references.push_back(reference.directive + "=" + reference.unit + " " +
                         std::to_string(reference.at.line));
  CHECK(references == Lines{"After=a.service 2", "OnFailure=b@probe.service.service 3",
                            "Conflicts=c.service 4", "Conflicts=d.service 4", "Slice=e.slice 7",
                            "Sockets=f.socket 8", "Alias=h.service 13", "Also=i.service 14",
                            "WantedBy=j.target 16"});
}
