#include "unit/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "unit/paths.hpp"

namespace addon::unit {

namespace {
constexpr std::array<std::string_view, 13> directories = {
    "/etc/systemd/system.control",   "/run/systemd/system.control",  "/run/systemd/transient",
    "/run/systemd/generator.early",  "/etc/systemd/system",          "/etc/systemd/system.attached",
    "/run/systemd/system",           "/run/systemd/system.attached", "/run/systemd/generator",
    "/usr/local/lib/systemd/system", "/lib/systemd/system",          "/usr/lib/systemd/system",
    "/run/systemd/generator.late"};

// As many links as systemd follows from one name to the next.
constexpr int most_hops = 8;

// "foo-bar" for "foo-bar-baz" and for "foo-bar-", with the dash that ends it; "" when none is left.
std::string_view shorter_prefix(std::string_view prefix) {
  if (prefix.ends_with('-')) prefix.remove_suffix(1);
  const auto dash = prefix.rfind('-');
  return dash == std::string_view::npos || dash == 0 ? std::string_view() : prefix.substr(0, dash + 1);
}

void add_once(std::vector<std::string>& scopes, std::string scope) {
  if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) scopes.push_back(std::move(scope));
}

void add_prefixes(std::string_view prefix, std::string_view rest, std::vector<std::string>& scopes) {
  for (prefix = shorter_prefix(prefix); !prefix.empty(); prefix = shorter_prefix(prefix))
    add_once(scopes, fmt::format("{}{}", prefix, rest));
}

// The names whose drop-ins a unit gets, in the order in which systemd 252 was seen to prefer them.
std::vector<std::string> scopes_of(const FullName& name) {
  std::vector<std::string> scopes = {name.str()};
  if (name.is_instance()) scopes.push_back(name.template_name().str());
  add_prefixes(name.prefix(), name.suffix(), scopes);
  if (!name.is_instance()) return scopes;
  // Of each prefix, the instance and the template, too.
  std::string_view prefix = shorter_prefix(name.prefix());
  for (; !prefix.empty(); prefix = shorter_prefix(prefix)) {
    add_once(scopes, fmt::format("{}@{}{}", prefix, name.instance(), name.suffix()));
    add_once(scopes, fmt::format("{}@{}", prefix, name.suffix()));
  }
  return scopes;
}

using DropInsByName = std::map<std::string, DropIn>;

Result<> add_drop_ins(UnitReader& reader, std::string_view directory, const std::string& scope,
                      DropInsByName& found) {
  const UnitListing listing = TRY(reader.list(fmt::format("{}/{}.d", directory, scope)));
  for (const UnitEntry& entry : listing.entries) {
    if (!entry.name.ends_with(".conf") || entry.name.starts_with('.')) continue;
    found.try_emplace(entry.name, DropIn{listing.path + "/" + entry.name, scope});
  }
  return {};
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// A link may stand for a unit of its own kind, and an instance for one of the same instance.
bool may_stand_for(const FullName& alias, const FullName& target) {
  if (alias.suffix() != target.suffix()) return false;
  if (alias.is_instance() && target.is_template()) return true;
  return alias.is_template() == target.is_template() && alias.instance() == target.instance();
}

// Lexically, as far as that goes: what lies behind further links is not looked at.
std::string absolute_target(std::string_view directory, std::string_view target) {
  std::vector<std::string_view> kept;
  const std::string whole =
      target.starts_with('/') ? std::string(target) : fmt::format("{}/{}", directory, target);
  std::string_view rest = whole;
  while (!rest.empty()) {
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), segment.size() + 1));
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  return fmt::format("/{}", fmt::join(kept, "/"));
}

bool is_in_search_path(std::string_view path) {
  return std::any_of(directories.begin(), directories.end(), [&](std::string_view directory) {
    return path.starts_with(directory) && path.substr(directory.size()).starts_with('/');
  });
}
}  // namespace

std::span<const std::string_view> search_path() { return directories; }

Result<std::vector<DropIn>> search_drop_ins(UnitReader& reader, const FullName& name,
                                            const std::vector<FullName>& aliases) {
  DropInsByName found;
  std::vector<FullName> names = {name};
  names.insert(names.end(), aliases.begin(), aliases.end());
  for (const FullName& each : names) {
    const std::vector<std::string> scopes = scopes_of(each);
    for (const std::string_view directory : directories) {
      for (const std::string& scope : scopes) TRY(add_drop_ins(reader, directory, scope, found));
    }
  }
  const std::string type(name.suffix().substr(1));
  for (const std::string_view directory : directories) TRY(add_drop_ins(reader, directory, type, found));
  std::vector<DropIn> drop_ins;
  for (auto& [file, drop_in] : found) drop_ins.push_back(std::move(drop_in));
  return drop_ins;
}

Result<UnitIndex> UnitIndex::read(UnitReader& reader) {
  UnitIndex index;
  for (const std::string_view directory : directories) {
    const UnitListing listing = TRY(reader.list(std::string(directory)));
    for (const UnitEntry& entry : listing.entries) TRY(index.add(reader, directory, entry));
  }
  return index;
}

Result<> UnitIndex::add(UnitReader& reader, std::string_view directory, const UnitEntry& entry) {
  const auto name = FullName::parse(entry.name);
  if (!name || entry.kind == UnitEntry::Kind::other || targets_.contains(entry.name)) return {};
  const std::string path = fmt::format("{}/{}", directory, entry.name);
  std::string stands_for = path;
  if (entry.kind == UnitEntry::Kind::symlink) {
    const std::string target =
        absolute_target(directory, TRY(reader.read_link(path)).value_or(std::string()));
    // A link that leads out of these directories is the unit itself, wherever its text is.
    if (is_in_search_path(target)) {
      const auto meant = FullName::parse(base_name(target));
      if (!meant || *meant == *name || !may_stand_for(*name, *meant)) return {};
      stands_for = meant->str();
    }
  }
  targets_.emplace(entry.name, std::move(stands_for));
  return {};
}

FoundUnit UnitIndex::find(const FullName& name) const {
  // The unit that a name stands for, and the path of its file.
  struct Place {
    FullName id;
    std::string fragment;
  };
  const auto follow = [&](FullName id) -> std::optional<Place> {
    for (int hop = 0; hop < most_hops; ++hop) {
      auto target = targets_.find(id.str());
      if (target == targets_.end() && id.is_instance()) target = targets_.find(id.template_name().str());
      if (target == targets_.end()) return std::nullopt;
      if (target->second.starts_with('/')) return Place{id, target->second};
      const FullName next = *FullName::parse(target->second);
      id = next.is_template() && id.is_instance() ? next.with_instance(id.instance()) : next;
    }
    return std::nullopt;
  };
  const auto place = follow(name);
  if (!place) return {name, {}, {}};
  FoundUnit found{place->id, {}, place->fragment};
  for (const auto& [key, target] : targets_) {
    FullName alias = *FullName::parse(key);
    if (alias.is_template() && found.id.is_instance()) alias = alias.with_instance(found.id.instance());
    const auto led = alias == found.id ? std::nullopt : follow(alias);
    if (led && led->id == found.id) found.aliases.push_back(std::move(alias));
  }
  std::sort(found.aliases.begin(), found.aliases.end());
  found.aliases.erase(std::unique(found.aliases.begin(), found.aliases.end()), found.aliases.end());
  return found;
}

std::vector<FullName> UnitIndex::standing_for(const FullName& name) const {
  std::vector<FullName> names;
  for (const auto& [key, target] : targets_) {
    std::string_view next = target;
    for (int hop = 0; hop < most_hops && !next.starts_with('/') && next != name.str(); ++hop) {
      const auto found = targets_.find(next);
      if (found == targets_.end()) break;
      next = found->second;
    }
    if (next == name.str() && key != name.str()) names.push_back(*FullName::parse(key));
  }
  return names;
}

}  // namespace addon::unit
