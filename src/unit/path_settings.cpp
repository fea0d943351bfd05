#include "unit/path_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "core/text.hpp"
#include "unit/paths.hpp"
#include "unit/specifiers.hpp"
#include "unit/value_finding.hpp"
#include "unit/words.hpp"

namespace addon::unit {

namespace {
Finding ignored_word(const Directive& directive, std::string_view word, std::string_view why) {
  return value_finding(directive, fmt::format("names {}, which {}; systemd ignores it", quoted(word), why),
                       "correct it or leave it out");
}

// What a specifier may yet stand for counts as a good path.
std::string_view fault_of_path(const Resolved& path) {
  if (!path.refused.empty()) return "has a specifier that systemd does not know";
  if (path.text.starts_with('%') && !path.left.empty()) return {};
  if (!path.text.starts_with('/')) return "is not an absolute path";
  if (!is_absolute_and_normal(path.text)) return "has '..' in it";
  return {};
}

// nullopt, with a finding, for what systemd passes over.
std::optional<std::string> resolve_path(const Directive& directive, const FullName& name,
                                        std::string_view path, std::vector<Finding>& findings) {
  const Resolved resolved = resolve_specifiers(path, name);
  const std::string_view fault = fault_of_path(resolved);
  if (fault.empty()) return simplify_path(resolved.text);
  findings.push_back(ignored_word(directive, path, fault));
  return std::nullopt;
}

std::string take_prefix(std::string& text, char prefix) {
  if (!text.starts_with(prefix)) return {};
  text.erase(0, 1);
  return std::string(1, prefix);
}

void for_each_word(const Directive& directive, std::vector<Finding>& findings,
                   const std::function<void(std::string)>& visit) {
  WordReader words(directive.value, Escapes::drop, Quotes::group);
  WordReader::Status status = words.next();
  for (; status == WordReader::Status::word; status = words.next()) visit(words.word());
  if (status == WordReader::Status::unbalanced) findings.push_back(unbalanced_finding(directive));
}

class BindParser {
 public:
  BindParser(const Directive& directive, const FullName& name, std::vector<Finding>& findings)
      : directive_(directive),
        name_(name),
        words_(directive.value, Escapes::drop, Quotes::group, ':'),
        findings_(findings) {}

  std::vector<std::string> run() {
    std::vector<std::string> binds;
    WordReader::Status status = words_.next();
    for (; status == WordReader::Status::word; status = words_.next()) {
      if (auto bind = read_bind()) binds.push_back(std::move(*bind));
    }
    if (status == WordReader::Status::unbalanced) findings_.push_back(unbalanced_finding(directive_));
    return binds;
  }

 private:
  std::optional<std::string> read_bind() {
    std::string source = words_.word();
    const std::string optional = take_prefix(source, '-');
    const auto from = resolve_path(directive_, name_, source, findings_);
    if (!from) return std::nullopt;
    std::string to = *from;
    std::string options;
    if (words_.stopped()) {
      const bool has_destination = words_.next() == WordReader::Status::word;
      const auto destination =
          resolve_path(directive_, name_, has_destination ? words_.word() : std::string(), findings_);
      if (!destination) return std::nullopt;
      to = *destination;
      if (words_.stopped() && words_.next() == WordReader::Status::word) options = words_.word();
    }
    if (options.empty()) options = "rbind";
    if (options == "rbind" || options == "norbind")
      return fmt::format("{}{}:{}:{}", optional, *from, to, options);
    findings_.push_back(ignored_word(directive_, options, "is neither rbind nor norbind"));
    return std::nullopt;
  }

  const Directive& directive_;
  const FullName& name_;
  WordReader words_;
  std::vector<Finding>& findings_;
};

// "/dev/NODE", "char-CLASS" or "block-CLASS", and what may be done with it.
std::optional<std::string> read_device(const Directive& directive, const FullName& name,
                                       std::vector<Finding>& findings) {
  WordReader words(directive.value, Escapes::drop, Quotes::group);
  if (words.next() != WordReader::Status::word) {
    findings.push_back(unbalanced_finding(directive));
    return std::nullopt;
  }
  const Resolved device = resolve_specifiers(words.word(), name);
  const std::string path = simplify_path(device.text);
  const bool is_class = path.starts_with("char-") || path.starts_with("block-");
  const bool is_node = path.starts_with("/dev/") || path.starts_with("/run/systemd/inaccessible/");
  if (!device.refused.empty() || (!is_class && !(is_node && is_absolute_and_normal(path)))) {
    findings.push_back(ignored_word(directive, device.text, "is not a device"));
    return std::nullopt;
  }
  const std::string rights = words.rest().empty() ? "rwm" : std::string(words.rest());
  if (rights.find_first_not_of("rwm") == std::string::npos) return path + " " + rights;
  findings.push_back(ignored_word(directive, rights, "is not made of r, w and m"));
  return std::nullopt;
}
}  // namespace

std::vector<const Directive*> assignments(const UnitFile& unit, std::string_view key,
                                          std::string_view old_key) {
  std::vector<const Directive*> found;
  for (const Directive& directive : unit.directives) {
    if (directive.section != "Service") continue;
    if (directive.key == key || (!old_key.empty() && directive.key == old_key)) found.push_back(&directive);
  }
  return found;
}

StatedList read_paths(const UnitFile& unit, const FullName& name, std::string_view key,
                      std::string_view old_key, std::vector<Finding>& findings) {
  StatedList paths{{}, {unit.file}};
  for (const Directive* directive : assignments(unit, key, old_key)) {
    paths.at = directive->at;
    if (directive->value.empty()) paths.value.clear();
    for_each_word(*directive, findings, [&](std::string word) {
      const std::string optional = take_prefix(word, '-');
      const std::string below_root = take_prefix(word, '+');
      if (const auto path = resolve_path(*directive, name, word, findings))
        paths.value.push_back(optional + below_root + *path);
    });
  }
  return paths;
}

Stated<std::string> read_path(const UnitFile& unit, const FullName& name, std::string_view key,
                              std::vector<Finding>& findings) {
  Stated<std::string> path{"", {unit.file}};
  for (const Directive* directive : unit.all("Service", key)) {
    if (directive->value.empty()) {
      path = {"", directive->at};
    } else if (auto resolved = resolve_path(*directive, name, directive->value, findings)) {
      path = {std::move(*resolved), directive->at};
    }
  }
  return path;
}

StatedList read_directories(const UnitFile& unit, const FullName& name, std::string_view key,
                            std::vector<Finding>& findings) {
  StatedList directories{{}, {unit.file}};
  for (const Directive* directive : unit.all("Service", key)) {
    directories.at = directive->at;
    if (directive->value.empty()) directories.value.clear();
    for_each_word(*directive, findings, [&](const std::string& word) {
      const Resolved resolved = resolve_specifiers(word.substr(0, word.find(':')), name);
      const std::string path = simplify_path(resolved.text);
      const bool is_below = !path.empty() && path != "." && is_absolute_and_normal("/" + path);
      if (is_below && !path.starts_with('/') && resolved.refused.empty()) {
        directories.value.push_back(path);
      } else {
        findings.push_back(ignored_word(*directive, word, "is not a path below the directory"));
      }
    });
  }
  auto& list = directories.value;
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return directories;
}

Binds read_binds(const UnitFile& unit, const FullName& name, std::vector<Finding>& findings) {
  Binds binds{{{}, {unit.file}}, {{}, {unit.file}}};
  for (const Directive* directive : assignments(unit, "BindPaths", "BindReadOnlyPaths")) {
    StatedList& list = directive->key == "BindPaths" ? binds.writable : binds.read_only;
    list.at = directive->at;
    if (directive->value.empty()) {
      binds.writable.value.clear();
      binds.read_only.value.clear();
    }
    for (std::string& bind : BindParser(*directive, name, findings).run())
      list.value.push_back(std::move(bind));
  }
  return binds;
}

StatedList read_devices(const UnitFile& unit, const FullName& name, std::vector<Finding>& findings) {
  StatedList devices{{}, {unit.file}};
  for (const Directive* directive : unit.all("Service", "DeviceAllow")) {
    devices.at = directive->at;
    if (directive->value.empty()) {
      devices.value.clear();
    } else if (auto device = read_device(*directive, name, findings)) {
      devices.value.push_back(std::move(*device));
    }
  }
  return devices;
}

}  // namespace addon::unit
