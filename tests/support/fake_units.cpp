#include "support/fake_units.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace addon::test {

namespace fs = std::filesystem;

namespace {
std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// The words after "KEY=" of its last line of that kind.
std::vector<std::string> values(const std::string& text, const std::string& key) {
  std::vector<std::string> words;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key + "=")) continue;
    std::istringstream rest(line.substr(key.size() + 1));
    for (std::string word; rest >> word;) words.push_back(word);
  }
  return words;
}
}  // namespace

FakeUnits::Unit& FakeUnits::load(const std::string& name) {
  const auto found = units_.find(name);
  if (found != units_.end() && !found->second.text.empty()) return found->second;
  Unit& unit = units_[name];
  unit.text = read(file_of(name));
  return unit;
}

std::string FakeUnits::current_version(const Unit& unit) const {
  const auto program = values(unit.text, "ExecStart");
  if (program.empty()) return "";
  std::error_code failed;
  const auto link = fs::path(root_ + program.front()).parent_path();
  const auto target = fs::read_symlink(link, failed);
  return failed ? "missing" : target.string();
}

std::vector<std::string> FakeUnits::running() const {
  std::vector<std::string> out;
  for (const auto& [name, unit] : units_) {
    if (unit.active_state != "inactive" && unit.active_state != "failed") {
      out.push_back(fmt::format("{}: {}", name, unit.version));
    }
  }
  return out;
}

std::vector<std::string> FakeUnits::outdated() const {
  std::vector<std::string> names;
  for (const auto& [name, unit] : units_) {
    if (!unit.text.empty() && unit.text != read(file_of(name))) names.push_back(name);
  }
  return names;
}

host::UnitStatus FakeUnits::status(const UnitName& name, const Unit& unit) const {
  const auto type = values(unit.text, "Type");
  host::UnitStatus status{.name = name,
                          .load_state = unit.text.empty() ? "not-found" : "loaded",
                          .active_state = unit.active_state,
                          .sub_state = unit.active_state == "active" ? "running" : "dead",
                          .type = name.is_timer() ? ""
                                  : type.empty()  ? "simple"
                                                  : type.front(),
                          .result = name.is_timer() ? "" : unit.result,
                          .fragment_path = "",
                          .drop_in_paths = {}};
  status.restarts = unit.restarts;
  status.active_enter_monotonic = unit.active_since;
  return status;
}

Result<std::vector<host::UnitStatus>> FakeUnits::states(const std::vector<UnitName>& names) {
  std::vector<host::UnitStatus> states;
  for (const UnitName& name : names) states.push_back(status(name, load(name.str())));
  return states;
}

Result<host::UnitStatus> FakeUnits::inspect(const UnitName& name) {
  inspected.push_back(name.str());
  if (on_inspect) TRY(on_inspect());
  Unit& unit = load(name.str());
  if (unit.active_state == "active" && unit.behaviour == Behaviour::crashes) {
    ++unit.restarts;
    unit.active_since = clock_.monotonic();
  } else if (unit.active_state == "active" && unit.behaviour == Behaviour::dies) {
    unit.active_state = "failed";
    unit.result = "exit-code";
  } else if (unit.active_state == "active" && unit.behaviour == Behaviour::ends) {
    unit.active_state = "inactive";
  }
  return status(name, unit);
}

Result<> FakeUnits::call(const std::string& what, const std::function<Result<>()>& effect) {
  calls.push_back(what);
  if (before_call) before_call();
  const Error broke(fmt::format("{} failed on purpose", what));
  if (broken.contains(what)) return tl::unexpected(broke);
  const bool fails = fail_at && (*fail_at)-- == 0;
  if (fails) fail_at.reset();
  if (fails && !fails_after_effect) return tl::unexpected(broke);
  TRY(effect());
  if (fails) return tl::unexpected(broke);
  return {};
}

Result<> FakeUnits::reload() {
  return call("reload", [&]() -> Result<> {
    for (auto& [name, unit] : units_) unit.text = read(file_of(name));
    return {};
  });
}

Result<> FakeUnits::enable(const UnitName& name) {
  return call("enable " + name.str(), [&]() -> Result<> {
    for (const std::string& target : values(read(file_of(name.str())), "WantedBy")) {
      const std::string directory = file_of(target + ".wants");
      std::error_code failed;
      fs::create_directory(directory, failed);
      fs::create_symlink("/etc/systemd/system/" + name.str(), directory + "/" + name.str(), failed);
    }
    return {};
  });
}

Result<> FakeUnits::disable(const UnitName& name) {
  return call("disable " + name.str(), []() -> Result<> { return {}; });
}

Result<> FakeUnits::bring_up(const UnitName& name) {
  Unit& unit = load(name.str());
  if (unit.text.empty()) return tl::unexpected(Error(name.str() + " is not found"));
  unit.behaviour = Behaviour::runs;
  for (const auto& [part, behaviour] : behaviours) {
    if (unit.text.find(part) != std::string::npos) unit.behaviour = behaviour;
  }
  unit.restarts = 0;
  unit.result = "success";
  unit.version = current_version(unit);
  unit.active_since = clock_.monotonic();
  if (unit.behaviour == Behaviour::refuses) {
    unit.active_state = "failed";
    unit.result = "exit-code";
    return tl::unexpected(Error("cannot start " + name.str() + ": its job ended as \"failed\""));
  }
  unit.active_state = unit.behaviour == Behaviour::never_comes ? "activating" : "active";
  for (const std::string& wanted : values(unit.text, "Requires")) {
    TRY(bring_up(TRY(UnitName::parse(wanted))));
  }
  return {};
}

Result<> FakeUnits::start(const UnitName& name, std::chrono::milliseconds /*timeout*/) {
  return call("start " + name.str(), [&]() -> Result<> {
    if (load(name.str()).active_state == "active") return {};
    return bring_up(name);
  });
}

Result<> FakeUnits::restart(const UnitName& name, std::chrono::milliseconds /*timeout*/) {
  return call("restart " + name.str(), [&]() -> Result<> { return bring_up(name); });
}

Result<> FakeUnits::stop(const UnitName& name, std::chrono::milliseconds /*timeout*/) {
  return call("stop " + name.str(), [&]() -> Result<> {
    load(name.str()).active_state = "inactive";
    return {};
  });
}

Result<> FakeUnits::reset_failed(const UnitName& name) {
  return call("reset-failed " + name.str(), [&]() -> Result<> {
    Unit& unit = load(name.str());
    if (unit.active_state == "failed") unit.active_state = "inactive";
    unit.restarts = 0;
    return {};
  });
}

}  // namespace addon::test
