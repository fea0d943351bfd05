#include "unit/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "core/text.hpp"
#include "unit/path_settings.hpp"
#include "unit/restrictions.hpp"
#include "unit/specifiers.hpp"
#include "unit/value_finding.hpp"
#include "unit/words.hpp"

namespace addon::unit {

namespace {
constexpr std::array<std::string_view, 21> switches_shown = {
    "LockPersonality",   "MemoryDenyWriteExecute", "PermissionsStartOnly",  "PrivateDevices",
    "PrivateIPC",        "PrivateMounts",          "PrivateNetwork",        "PrivateTmp",
    "PrivateUsers",      "ProtectClock",           "ProtectControlGroups",  "ProtectHostname",
    "ProtectKernelLogs", "ProtectKernelModules",   "ProtectKernelTunables", "RemainAfterExit",
    "RemoveIPC",         "RestrictRealtime",       "RestrictSUIDSGID",      "RootDirectoryStartOnly",
    "MountAPIVFS"};

enum class TakesBoolean { no, yes };
struct Choice {
  std::string_view key;
  std::array<std::string_view, 4> values;  ///< the first is the default
  TakesBoolean takes_boolean;              ///< "on" for "yes", …
};
constexpr std::array<Choice, 6> choices = {{
    {"DevicePolicy", {"auto", "closed", "strict", ""}, TakesBoolean::no},
    {"KeyringMode", {"private", "shared", "inherit", ""}, TakesBoolean::no},
    {"ProcSubset", {"all", "pid", "", ""}, TakesBoolean::no},
    {"ProtectHome", {"no", "yes", "read-only", "tmpfs"}, TakesBoolean::yes},
    {"ProtectProc", {"default", "noaccess", "invisible", "ptraceable"}, TakesBoolean::no},
    {"ProtectSystem", {"no", "yes", "full", "strict"}, TakesBoolean::yes},
}};

struct PathList {
  std::string_view key;
  std::string_view old_key;
};
constexpr std::array<PathList, 5> path_lists = {{{"ExecPaths", ""},
                                                 {"InaccessiblePaths", "InaccessibleDirectories"},
                                                 {"NoExecPaths", ""},
                                                 {"ReadOnlyPaths", "ReadOnlyDirectories"},
                                                 {"ReadWritePaths", "ReadWriteDirectories"}}};

constexpr std::array<std::string_view, 5> directory_keys = {
    "CacheDirectory", "ConfigurationDirectory", "LogsDirectory", "RuntimeDirectory", "StateDirectory"};

// capabilities(7), "The securebits flags".
constexpr std::array<std::string_view, 6> secure_bits = {
    "keep-caps", "keep-caps-locked", "no-setuid-fixup", "no-setuid-fixup-locked", "noroot", "noroot-locked"};

// What a root image needs besides the devices that the unit names.
constexpr std::array<std::string_view, 5> image_devices = {"/dev/loop-control rw", "/dev/mapper/control rw",
                                                           "block-blkext rwm", "block-device-mapper rwm",
                                                           "block-loop rwm"};

template <class T>
Stated<Json> as_json(const Stated<T>& stated) {
  return {Json(stated.value), stated.at};
}

std::optional<std::string> read_word(const Choice& choice, const std::string& value) {
  if (choice.takes_boolean == TakesBoolean::yes) {
    if (const auto boolean = parse_boolean(value)) return *boolean ? "yes" : "no";
  }
  const bool is_known = std::find(choice.values.begin(), choice.values.end(), value) != choice.values.end();
  if (value.empty() || !is_known) return std::nullopt;
  return value;
}

Stated<Json> read_choice(const UnitFile& unit, const Choice& choice, std::vector<Finding>& findings) {
  Stated<Json> setting{choice.values.front(), {unit.file}};
  for (const Directive* directive : unit.all("Service", choice.key)) {
    if (auto word = read_word(choice, directive->value)) {
      setting = {std::move(*word), directive->at};
    } else if (choice.takes_boolean == TakesBoolean::no) {
      // The others are checked with the switches.
      std::vector<std::string_view> words;
      for (const std::string_view value : choice.values)
        if (!value.empty()) words.push_back(value);
      findings.push_back(value_finding(*directive, "is not one of its values; systemd ignores it",
                                       fmt::format("write one of {}", fmt::join(words, ", "))));
    }
  }
  return setting;
}

// A further assignment replaces the earlier ones, whatever systemd.exec(5) says.
StatedList read_secure_bits(const UnitFile& unit, std::vector<Finding>& findings) {
  StatedList bits{{}, {unit.file}};
  for (const Directive* directive : unit.all("Service", "SecureBits")) {
    bits = {{}, directive->at};
    WordReader words(directive->value, Escapes::drop, Quotes::group);
    WordReader::Status status = words.next();
    for (; status == WordReader::Status::word; status = words.next()) {
      if (std::find(secure_bits.begin(), secure_bits.end(), words.word()) != secure_bits.end()) {
        bits.value.push_back(words.word());
      } else {
        findings.push_back(value_finding(
            *directive,
            fmt::format("names {}, which is not a secure bit; systemd ignores it", quoted(words.word())),
            fmt::format("write names of {}", fmt::join(secure_bits, ", "))));
      }
    }
    if (status == WordReader::Status::unbalanced) findings.push_back(unbalanced_finding(*directive));
  }
  std::sort(bits.value.begin(), bits.value.end());
  bits.value.erase(std::unique(bits.value.begin(), bits.value.end()), bits.value.end());
  return bits;
}

Stated<std::string> read_text(const UnitFile& unit, const FullName& name, std::string_view key,
                              std::vector<Finding>& findings) {
  Stated<std::string> text{"", {unit.file}};
  for (const Directive* directive : unit.all("Service", key)) {
    const Resolved resolved = resolve_specifiers(directive->value, name);
    if (resolved.refused.empty()) {
      text = {resolved.text, directive->at};
    } else {
      findings.push_back(value_finding(
          *directive, fmt::format("has the unknown specifier {}; systemd ignores it", resolved.refused),
          fmt::format("write %{} for the text {}", resolved.refused, resolved.refused)));
    }
  }
  return text;
}

bool is_empty(const Settings& settings, std::string_view key) {
  const auto found = settings.find(key);
  return found == settings.end() || found->second.value.empty() || found->second.value == Json("");
}

void turn_on(Settings& settings, std::string_view key, const SourceSpan& at) {
  Stated<Json>& setting = settings.find(key)->second;
  if (setting.value != true) setting = {true, at};
}

bool has_value(const UnitFile& unit, std::string_view key) {
  const Directive* last = unit.last("Service", key);
  return last != nullptr && !last->value.empty();
}

// systemd.exec(5), DynamicUser=.
void apply_dynamic_user(const Directive* line, Settings& settings) {
  if (line == nullptr) return;
  for (const std::string_view key : {"PrivateTmp", "RemoveIPC", "RestrictSUIDSGID"})
    turn_on(settings, key, line->at);
  Stated<Json>& system = settings["ProtectSystem"];
  if (system.value != "strict") system = {"strict", line->at};
  Stated<Json>& home = settings["ProtectHome"];
  if (home.value == "no") home = {"read-only", line->at};
}

void apply_device_rules(const UnitFile& unit, const Switches& switches, StatedList& devices,
                        Settings& settings) {
  Stated<Json>& policy = settings["DevicePolicy"];
  const Directive* private_devices = turned_on_by(switches, "PrivateDevices");
  if (private_devices != nullptr && policy.value == "auto") policy = {"closed", private_devices->at};
  const bool is_closed = policy.value != "auto" || !devices.value.empty();
  if (is_closed && (!is_empty(settings, "RootImage") || has_value(unit, "MountImages"))) {
    devices.value.insert(devices.value.end(), image_devices.begin(), image_devices.end());
  }
  // Where every device is allowed, to allow one would forbid all others: systemd/systemd pull request 25075,
  // which Debian's 252 has.
  if (const Directive* clock = turned_on_by(switches, "ProtectClock"); clock != nullptr && is_closed) {
    devices.value.emplace_back("char-rtc r");
    if (devices.at.line == 0) devices.at = clock->at;
  }
  std::sort(devices.value.begin(), devices.value.end());
  devices.value.erase(std::unique(devices.value.begin(), devices.value.end()), devices.value.end());
}

Settings read_switches_shown(const UnitFile& unit, const Switches& switches) {
  Settings settings;
  for (const std::string_view key : switches_shown) {
    const auto found = switches.find(key);
    const SourceSpan at = found == switches.end() ? SourceSpan{unit.file} : found->second->at;
    settings[std::string(key)] = {turned_on_by(switches, key) != nullptr, at};
  }
  return settings;
}
}  // namespace

Settings read_settings(const UnitFile& unit, const FullName& name, const Switches& switches,
                       std::vector<Finding>& findings) {
  Settings settings = read_switches_shown(unit, switches);
  for (const Choice& choice : choices)
    settings[std::string(choice.key)] = read_choice(unit, choice, findings);
  for (const PathList& list : path_lists)
    settings[std::string(list.key)] = as_json(read_paths(unit, name, list.key, list.old_key, findings));
  for (const std::string_view key : directory_keys)
    settings[std::string(key)] = as_json(read_directories(unit, name, key, findings));
  for (const char* key : {"RootDirectory", "RootImage"})
    settings[key] = as_json(read_path(unit, name, key, findings));
  for (const char* key : {"BusName", "PAMName"})
    settings[key] = as_json(read_text(unit, name, key, findings));
  const Binds binds = read_binds(unit, name, findings);
  settings["BindPaths"] = as_json(binds.writable);
  settings["BindReadOnlyPaths"] = as_json(binds.read_only);
  settings["RestrictNamespaces"] = as_json(read_namespaces(unit, findings));
  settings["SecureBits"] = as_json(read_secure_bits(unit, findings));
  StatedList devices = read_devices(unit, name, findings);
  apply_dynamic_user(turned_on_by(switches, "DynamicUser"), settings);
  apply_device_rules(unit, switches, devices, settings);
  settings["DeviceAllow"] = as_json(devices);
  for (const char* root : {"RootDirectory", "RootImage"}) {
    if (!switches.contains("MountAPIVFS") && !is_empty(settings, root))
      settings["MountAPIVFS"] = {true, settings[root].at};
  }
  return settings;
}

}  // namespace addon::unit
