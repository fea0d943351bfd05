// compare NAMES SHOWN ANALYSED EXCEPTIONS: what addonctl says of units against what systemd does.
//
// NAMES: the units that were asked for, one on a line. SHOWN: `systemctl show` of them, in that
// order. ANALYSED: `addonctl unit analyze --format json` of them. EXCEPTIONS: "UNIT PROPERTY REASON"
// on a line each, for what cannot agree; one that is not needed is a failure, too.
//
// Prints each disagreement with both values, then "N of M units agree". Exits 1 if any disagrees.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/json.hpp"

namespace {
using addon::Json;
using Shown = std::map<std::string, std::vector<std::string>>;  // property -> its lines
using Words = std::vector<std::string>;

std::string read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) {
    std::cerr << "cannot read " << path << "\n";
    std::exit(2);
  }
  return text.str();
}

Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// One for each unit, parted by empty lines.
std::vector<Shown> read_shown(const std::string& text) {
  std::vector<Shown> units(1);
  for (const std::string& line : lines_of(text)) {
    const auto equals = line.find('=');
    if (line.empty()) {
      units.emplace_back();
    } else if (equals != std::string::npos) {
      units.back()[line.substr(0, equals)].push_back(line.substr(equals + 1));
    }
  }
  if (units.back().empty()) units.pop_back();
  return units;
}

std::string join(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

Words split(const std::string& text) {
  Words words;
  std::istringstream in(text);
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string without(std::string text, const std::string& part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at))
    text.erase(at, part.size());
  return text;
}

std::string first_of(const Shown& unit, const std::string& property) {
  const auto found = unit.find(property);
  return found == unit.end() ? std::string() : found->second.front();
}

std::string sorted(Words words) {
  std::sort(words.begin(), words.end());
  return join(words);
}

// As systemctl prints it.
std::string text_of(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) return join(value.get<Words>());
  return "";
}

// <linux/securebits.h>
std::string secure_bits(const std::string& shown) {
  const unsigned long bits = shown.empty() ? 0 : std::stoul(shown);
  const std::vector<std::pair<unsigned long, std::string>> names = {
      {16, "keep-caps"}, {32, "keep-caps-locked"}, {4, "no-setuid-fixup"}, {8, "no-setuid-fixup-locked"},
      {1, "noroot"},     {2, "noroot-locked"}};
  Words words;
  for (const auto& [bit, name] : names)
    if ((bits & bit) != 0) words.push_back(name);
  return join(words);
}

struct Pair {
  std::string systemd;
  std::string addonctl;
};
using Disagreements = std::map<std::string, Pair>;

class Comparison {
 public:
  Comparison(const Shown& shown, const Json& ours) : shown_(shown), ours_(ours) {}

  Disagreements run() {
    const std::string state = first_of(shown_, "LoadState");
    const std::string our_state = text_of(ours_["LoadState"]);
    if (our_state == "masked") {
      // Which of a masked unit's names is masked and which is an error depends on which is loaded first.
      expect("LoadState", state == "error" ? our_state : state, our_state);
      return found_;
    }
    if (state == "bad-setting" || state == "error") {
      // systemd shows the defaults then; what matters is that we have seen why.
      expect("LoadState", state, has_error() ? state : our_state);
      return found_;
    }
    expect("LoadState", state, our_state);
    expect("Id", first_of(shown_, "Id"), text_of(ours_["Id"]));
    expect("Names", sorted(split(first_of(shown_, "Names"))), text_of(ours_["Names"]));
    expect("DropInPaths", first_of(shown_, "DropInPaths"), text_of(ours_["DropInPaths"]));
    if (state != "loaded" || our_state != "loaded") return found_;
    if (shown_.contains("Unit")) {
      expect("Unit", first_of(shown_, "Unit"), text_of(ours_["Unit"]));
    } else {
      compare_service();
    }
    return found_;
  }

 private:
  bool has_error() const {
    const Json& findings = ours_["findings"];
    return std::any_of(findings.begin(), findings.end(),
                       [](const Json& finding) { return finding["severity"] == "error"; });
  }

  void expect(const std::string& property, const std::string& systemd, const std::string& addonctl) {
    if (systemd != addonctl) found_[property] = {systemd, addonctl};
  }

  void compare_service() {
    for (const auto& [property, value] : ours_.items()) {
      if (property == "SecureBits") {
        expect(property, secure_bits(first_of(shown_, property)), text_of(value));
      } else if (property == "CapabilityBoundingSet" || property == "AmbientCapabilities") {
        expect(property, sorted(split(first_of(shown_, property))), text_of(value));
      } else if (property == "DeviceAllow") {
        const auto devices = shown_.find(property);
        expect(property, devices == shown_.end() ? std::string() : sorted(devices->second), text_of(value));
      } else if (property == "BindPaths" || property == "BindReadOnlyPaths") {
        expect(property, first_of(shown_, property), without(text_of(value), ":norbind"));
      } else if (property.ends_with("Directory") && value.is_array()) {
        // systemd sorts by the parts of a path.
        expect(property, sorted(split(first_of(shown_, property))), text_of(value));
      } else if (is_compared(property)) {
        // systemctl quotes paths with blanks in them.
        expect(property, without(first_of(shown_, property), "\""), text_of(value));
      }
    }
    for (const char* directive : {"ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload",
                                  "ExecStop", "ExecStopPost"}) {
      compare_commands(directive);
    }
  }

  // Every property that systemd has as well, apart from those of all units, compared before.
  bool is_compared(const std::string& property) const {
    static const std::set<std::string> others = {"DropInPaths", "Id", "LoadState", "Names"};
    if (others.contains(property) || property.front() < 'A' || property.front() > 'Z') return false;
    // The one is ours alone, the other systemctl does not show.
    return property != "NoNewPrivilegesEffective" && property != "PermissionsStartOnly";
  }

  // "{ path=P ; argv[]=A B ; flags=ignore-failure ; start_time=…" for each.
  void compare_commands(const std::string& directive) {
    Words systemd;
    const auto lines = shown_.find(directive + "Ex");
    if (lines != shown_.end()) {
      for (const std::string& line : lines->second) {
        const auto path = line.find("path=") + 5;
        const auto arguments = line.find(" ; argv[]=");
        const auto flags = line.rfind(" ; flags=");
        const auto end = line.find(" ; ", flags + 9);
        systemd.push_back(line.substr(path, arguments - path) + " [" +
                          tail(line.substr(arguments + 10, flags - arguments - 10)) + "] " +
                          sorted(split(line.substr(flags + 9, end - flags - 9))));
      }
    }
    Words ours;
    for (const Json& command : ours_["exec"]) {
      if (command["directive"] == directive) ours.push_back(as_shown(command));
    }
    expect(directive, join(systemd), join(ours));
  }

  // Without the name that the program is run under.
  static std::string tail(const std::string& arguments) {
    const auto blank = arguments.find(' ');
    return blank == std::string::npos ? "" : arguments.substr(blank + 1);
  }

  std::string as_shown(const Json& command) const {
    Words flags;
    const std::map<std::string, std::string> names = {{"-", "ignore-failure"},
                                                      {"+", "privileged"},
                                                      {"!", "no-setuid"},
                                                      {"!!", "ambient"},
                                                      {":", "no-env-expand"}};
    for (const std::string prefix : command["prefixes"]) {
      // Permissions that PermissionsStartOnly= gives are no flag of the command.
      if (prefix == "+" && text_of(ours_["PermissionsStartOnly"]) == "yes") continue;
      if (names.contains(prefix)) flags.push_back(names.at(prefix));
    }
    Words arguments = command["arguments"];
    const Words prefixes = command["prefixes"];
    const bool names_itself = std::find(prefixes.begin(), prefixes.end(), "@") != prefixes.end();
    if (names_itself && !arguments.empty()) arguments.erase(arguments.begin());
    return text_of(command["program"]) + " [" + join(arguments) + "] " + sorted(flags);
  }

  const Shown& shown_;
  const Json& ours_;
  Disagreements found_;
};

// "UNIT PROPERTY" -> reason
std::map<std::string, std::string> read_exceptions(const std::string& text) {
  std::map<std::string, std::string> exceptions;
  for (const std::string& line : lines_of(text)) {
    std::istringstream in(line);
    std::string unit;
    std::string property;
    std::string reason;
    if (line.empty() || line.front() == '#') continue;
    in >> unit >> property;
    std::getline(in, reason);
    exceptions[unit + " " + property] = reason;
  }
  return exceptions;
}

std::map<std::string, const Json*> by_name(const Json& report) {
  std::map<std::string, const Json*> units;
  for (const Json& unit : report["units"]) {
    for (const std::string name : unit["Names"]) units[name] = &unit;
  }
  return units;
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: compare NAMES SHOWN ANALYSED EXCEPTIONS\n";
    return 2;
  }
  const Words names = lines_of(read_file(argv[1]));
  const std::vector<Shown> shown = read_shown(read_file(argv[2]));
  const Json report = Json::parse(read_file(argv[3]));
  const auto exceptions = read_exceptions(read_file(argv[4]));
  if (shown.size() != names.size()) {
    std::cerr << "systemctl showed " << shown.size() << " of " << names.size() << " units\n";
    return 2;
  }
  const auto units = by_name(report);
  std::size_t agree = 0;
  std::size_t excepted = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto ours = units.find(names[i]);
    Disagreements found;
    if (ours != units.end()) {
      found = Comparison(shown[i], *ours->second).run();
    } else if (first_of(shown[i], "LoadState") != "not-found") {
      found["LoadState"] = {first_of(shown[i], "LoadState"), "not-found"};
    }
    std::erase_if(found, [&](const auto& entry) {
      const bool is_known = exceptions.contains(names[i] + " " + entry.first);
      excepted += static_cast<std::size_t>(is_known);
      return is_known;
    });
    agree += static_cast<std::size_t>(found.empty());
    for (const auto& [property, values] : found) {
      std::cout << names[i] << " " << property << "\n  systemd:  " << values.systemd
                << "\n  addonctl: " << values.addonctl << "\n";
    }
  }
  std::cout << agree << " of " << names.size() << " units agree";
  if (excepted > 0) std::cout << " (" << excepted << " known exceptions)";
  std::cout << "\n";
  return agree == names.size() ? 0 : 1;
}
