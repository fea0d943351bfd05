#include "cli/describe_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "cli/json_view.hpp"
#include "cli/terminal.hpp"
#include "core/capability.hpp"
#include "core/duration.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {
constexpr std::size_t kShortDigest = 12;

std::string or_none(const std::string& text) { return text.empty() ? "(none)" : text; }

std::string short_digest(const Json& step, std::string_view key) {
  return or_none(text(step, key).substr(0, kShortDigest));
}

std::string duration(const Json& step, std::string_view key) {
  return to_string(std::chrono::milliseconds(number(step, key)));
}

std::string change(const std::string& before, const std::string& after) {
  return fmt::format("{} -> {}", before, after);
}

std::string sign_of_change(const std::string& before, const std::string& after) {
  if (before.empty()) return "+";
  return after.empty() ? "-" : "~";
}

StepText stage(const Json& step) {
  const Json& files = items(step, "files");
  std::int64_t bytes = 0;
  for (const Json& file : files) bytes += number(file, "size");
  const bool replaces = flag(step, "replaces");
  return {replaces ? "~" : "+", "stage",
          fmt::format("versions/{}: {} file{}, {}{}", text(step, "version"), files.size(),
                      files.size() == 1 ? "" : "s", size_text(static_cast<std::uint64_t>(bytes)),
                      replaces ? ", in place of what was altered" : "")};
}

StepText set_capabilities(const Json& step) {
  const std::string before = text(step, "before");
  const std::string after = text(step, "after");
  return {sign_of_change(before, after), "capabilities",
          fmt::format("versions/{}/{}: {}", text(step, "version"), text(step, "path"),
                      change(or_none(before), or_none(after)))};
}

StepText unit_file(const Json& step) {
  if (text(step, "before") == text(step, "after"))
    return {"~", "unit", fmt::format("{}: the host's drop-ins for it are others now", text(step, "unit"))};
  return {sign_of_change(text(step, "before"), text(step, "after")), "unit",
          fmt::format("{}: {}", text(step, "unit"),
                      change(short_digest(step, "before"), short_digest(step, "after")))};
}

StepText drop_in(const Json& step) {
  return {sign_of_change(text(step, "before"), text(step, "after")), "drop-in",
          fmt::format("{}.d/{}: {}", text(step, "unit"), text(step, "name"),
                      change(short_digest(step, "before"), short_digest(step, "after")))};
}

std::string rights(const Json& rights) {
  if (rights.is_null()) return "(none)";
  return fmt::format("{}:{} {}", number(rights, "uid"), number(rights, "gid"), text(rights, "mode"));
}

StepText state_dir(const Json& step) {
  const std::string group = text(step, "group");
  const bool is_there = !member(step, "before").is_null();
  const std::string after = fmt::format("{}{} {}", text(step, "owner"), group.empty() ? "" : ":" + group,
                                        text(member(step, "after"), "mode"));
  return {is_there ? "~" : "+", "state-dir",
          fmt::format("{}: {}", text(step, "path"), change(rights(member(step, "before")), after))};
}

StepText purge(const Json& step) {
  const std::int64_t files = number(step, "files");
  return {"-", "data",
          fmt::format("{}: {} file{}, {}", text(step, "path"), files, files == 1 ? "" : "s",
                      size_text(static_cast<std::uint64_t>(number(step, "bytes"))))};
}

// What is in it, as far as that fits.
std::string entries(const Json& step) {
  const std::vector<std::string> first = texts(step, "first");
  const auto rest = number(step, "entries") - static_cast<std::int64_t>(first.size());
  if (first.empty()) return "empty";
  return rest > 0 ? fmt::format("{} and {} more", join(first, ", "), rest) : join(first, ", ");
}

StepText switch_current(const Json& step) {
  const std::string before = text(step, "before");
  const std::string after = text(step, "after");
  return {sign_of_change(before, after), "current", change(or_none(before), or_none(after))};
}

StepText package(const Json& step) {
  const std::string before = text(step, "before");
  const std::string after = text(step, "after");
  std::vector<std::string> units;
  for (const Json& unit : items(step, "units")) units.push_back(text(unit, "unit"));
  const std::string version = before == after ? after : change(or_none(before), after);
  return {before.empty() ? "+" : "~", "package",
          fmt::format("{} {} ({}){}", text(step, "package"), version, text(step, "database"),
                      units.empty() ? "" : ": " + join(units, ", "))};
}

StepText enablement(const Json& step, std::string_view sign, std::string_view label) {
  std::vector<std::string> links;
  for (const Json& link : items(step, "links")) links.push_back(text(link, "path"));
  return {std::string(sign), std::string(label),
          fmt::format("{}: {}", text(step, "unit"), join(links, ", "))};
}

StepText running(const Json& step, std::string_view sign, std::string_view label) {
  const std::string before = text(step, "before");
  const std::string after = text(step, "after");
  return {std::string(sign), std::string(label),
          before == after ? text(step, "unit")
                          : fmt::format("{}: {}", text(step, "unit"), change(before, after))};
}

// Another one than the program's name and arguments would be taken apart by somebody who reads it.
std::string health_program(const Json& program) {
  std::vector<std::string> words = {
      fmt::format("versions/{}/{}", text(program, "version"), text(program, "file"))};
  for (std::string& word : texts(program, "arguments")) words.push_back(std::move(word));
  return fmt::format("{} as {}, without privileges, exits with 0", join(words, " "), text(program, "user"));
}

StepText health(const Json& step) {
  if (member(step, "unit").is_null()) return {"~", "health", health_program(member(step, "program"))};
  return {"~", "health",
          fmt::format("{}: up within {}, then for {} without a break", text(step, "unit"),
                      duration(step, "timeout_ms"), duration(step, "stable_for_ms"))};
}

std::string registry_versions(const Json& entry) {
  std::string before = text(entry, "before");
  std::string after = text(entry, "after");
  if (before.empty() || before == after) return after;
  if (after.empty()) return before;
  return change(before, after);
}

StepText registry(const Json& step) {
  const bool withdraws = text(step, "phase") == "withdraw";
  std::vector<std::string> parts;
  // Said with the last of two.
  if (flag(step, "altered") && !withdraws) {
    parts.emplace_back(text(step, "before").empty() ? "written anew, for it is missing"
                                                    : "written anew, for it was altered");
  }
  for (const Json& entry : items(step, "changes")) {
    parts.push_back(fmt::format("{} {} {}", sign_of_change(text(entry, "before"), text(entry, "after")),
                                text(entry, "addon"), registry_versions(entry)));
  }
  if (parts.empty()) parts.emplace_back("as of the new generation");
  return {withdraws ? "-" : "~", "registry", join(parts, ", ")};
}

StepText describe(const Json& step) {
  const std::string op = text(step, "op");
  if (op == "stage") return stage(step);
  if (op == "set-capabilities") return set_capabilities(step);
  if (op == "install-unit" || op == "remove-unit") return unit_file(step);
  if (op == "install-drop-in" || op == "remove-drop-in") return drop_in(step);
  if (op == "make-state-dir") return state_dir(step);
  if (op == "purge-state-dir") return purge(step);
  if (op == "switch-current") return switch_current(step);
  if (op == "use-package") return package(step);
  if (op == "reload") return {"~", "daemon-reload", join(texts(step, "units"), ", ")};
  if (op == "enable-unit") return enablement(step, "+", "enable");
  if (op == "disable-unit") return enablement(step, "-", "disable");
  if (op == "start-unit") return running(step, "+", "start");
  if (op == "restart-unit") return running(step, "~", "restart");
  if (op == "stop-unit") return running(step, "-", "stop");
  if (op == "check-health") return health(step);
  if (op == "update-registry") return registry(step);
  // A plan of a later version: show that there is something, whatever it is.
  return {"?", op, text(step, "unit")};
}

std::string capability_list(const std::vector<std::string>& names) {
  if (names.empty()) return "(none)";
  return names.size() >= Capability::count() ? "all capabilities" : join(names, ", ");
}

std::string prefix_list(const Json& privileges) {
  std::vector<std::string> prefixes;
  for (const Json& command : items(privileges, "exec")) {
    for (std::string& prefix : texts(command, "prefixes")) {
      if (std::find(prefixes.begin(), prefixes.end(), prefix) == prefixes.end())
        prefixes.push_back(std::move(prefix));
    }
  }
  return prefixes.empty() ? "(none)" : join(prefixes, " ");
}

// What the prefixes of a command make of its rights, systemd.service(5): "; /bin/x (+) as root with all
// capabilities" for each that has more than the unit.
std::string raised_rights(const Json& privileges) {
  std::string rights;
  for (const Json& command : items(privileges, "exec")) {
    const std::vector<std::string> prefixes = texts(command, "prefixes");
    const auto has = [&](const char* prefix) {
      return std::find(prefixes.begin(), prefixes.end(), prefix) != prefixes.end();
    };
    if (has("+")) {
      rights += fmt::format("; {} (+) as root with all capabilities", text(command, "program"));
    } else if (has("!")) {
      rights += fmt::format("; {} (!) as root within the bounding set", text(command, "program"));
    }
  }
  return rights;
}

// What the unit may do once it runs: the reader approves this, not the digest.
std::string unit_rights(const Json& step) {
  const std::string unit = text(step, "unit");
  if (unit.ends_with(".timer"))
    return fmt::format("activates {}", or_none(text(member(step, "install"), "Unit")));
  const Json& privileges = member(step, "privileges");
  std::string user = text(privileges, "User");
  if (user.empty()) user = flag(privileges, "DynamicUser") ? "a dynamic user" : "root";
  const std::string group = text(privileges, "Group");
  return fmt::format("runs as {}{}, bounding {}, ambient {}, prefixes {}{}", user,
                     group.empty() ? "" : ":" + group,
                     capability_list(texts(privileges, "CapabilityBoundingSet")),
                     capability_list(texts(privileges, "AmbientCapabilities")), prefix_list(privileges),
                     raised_rights(privileges));
}

std::string limits(const Json& step) {
  std::vector<std::string> words;
  const Json& settings = member(step, "settings");
  for (const auto& [key, value] : settings.items()) {
    words.push_back(fmt::format("{}={}", one_line(key), text(settings, key)));
  }
  return join(words, ", ");
}

// Of a step that belongs to no add-on only those about the one that is named.
std::vector<Allowance> allowances(const Json& step, std::string_view addon) {
  std::vector<Allowance> found;
  for (const Json& decision : items(step, "allowed_by")) {
    if (text(decision, "addon") != addon) continue;
    const Json& policy = member(decision, "policy");
    const std::string grant = text(policy, "grant");
    const std::string by = fmt::format("{}:{}{}", text(policy, "file"), number(policy, "line"),
                                       grant.empty() ? "" : fmt::format(" (grant {})", grant));
    auto known = std::find_if(found.begin(), found.end(), [&](const Allowance& one) { return one.by == by; });
    if (known == found.end()) known = found.insert(found.end(), {by, {}});
    known->subjects.push_back(text(decision, "subject"));
  }
  return found;
}

}  // namespace

StepText describe_step(const Json& step) {
  const std::string op = text(step, "op");
  StepText words = describe(step);
  std::vector<std::string>& details = words.details;
  if (op == "install-unit") details.push_back(unit_rights(step));
  if (op == "check-health" && !member(step, "unit").is_null() && !member(step, "program").is_null())
    details.push_back("and " + health_program(member(step, "program")));
  if (op == "use-package") {
    for (const Json& unit : items(step, "standing_units")) {
      details.push_back(fmt::format("{} {}", text(unit, "unit"), unit_rights(unit)));
      for (const std::string& drop_in : texts(unit, "drop_ins"))
        details.push_back(fmt::format("with the drop-in {}", drop_in));
    }
  }
  for (const std::string& drop_in : texts(step, "drop_ins"))
    details.push_back(fmt::format("with the drop-in {}", drop_in));
  if (op == "purge-state-dir") details.push_back(entries(step));
  if (op == "install-drop-in") details.push_back(limits(step));
  words.allowances = allowances(step, "");
  return words;
}

StepText describe_entry(const Json& step, const std::string& addon) {
  StepText words;
  for (const Json& entry : items(step, "changes")) {
    if (text(entry, "addon") != addon) continue;
    words.sign = sign_of_change(text(entry, "before"), text(entry, "after"));
    words.label = "registry";
    words.change = registry_versions(entry);
  }
  words.allowances = allowances(step, addon);
  return words;
}

}  // namespace addon::cli
