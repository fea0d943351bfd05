#include "executor/collect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/text.hpp"
#include "executor/generations.hpp"
#include "executor/layout.hpp"

namespace addon::executor {

namespace {

// No version begins with a dot.
constexpr std::string_view kCondemned = ".gc-";

using Versions = std::set<std::pair<AddonId, Version>>;

Versions named_by(const std::vector<plan::Generation>& generations) {
  Versions named;
  for (const plan::Generation& generation : generations) {
    for (const auto& [id, release] : generation.addons) named.emplace(id, release.version);
  }
  return named;
}

std::vector<AddonId> ids_among(const std::vector<host::DirectoryEntry>& entries) {
  std::vector<AddonId> ids;
  for (const host::DirectoryEntry& entry : entries) {
    auto id = AddonId::parse(entry.name);
    if (id && entry.type == host::FileType::directory) ids.push_back(std::move(*id));
  }
  return ids;
}

// What `current` leads to runs, whatever the records say.
Result<std::optional<Version>> current_of(const host::Directory& root, const AddonId& id) {
  const auto directory = TRY(root.open_directory_if_present(addon_dir(id)));
  const RelativePath current = RelativePath::of({"current"});
  if (directory == nullptr) return std::nullopt;
  const auto state = TRY(directory->stat(current));
  if (!state || state->type != host::FileType::symlink) return std::nullopt;
  const std::string target = TRY(directory->read_link(current));
  auto version = Version::parse(target.substr(target.rfind('/') + 1));
  return version ? std::optional(std::move(*version)) : std::nullopt;
}

// What an earlier call was cut off from removing.
Result<> remove_condemned(host::Directory& versions) {
  for (const host::DirectoryEntry& entry : TRY(versions.list())) {
    if (entry.name.starts_with(kCondemned)) TRY(versions.remove_tree(entry.name));
  }
  return {};
}

Result<> remove_version(host::Directory& root, const AddonId& id, const Version& version) {
  const auto versions = TRY(root.open_directory(versions_dir(id)));
  TRY(remove_condemned(*versions));
  const std::string condemned = fmt::format("{}{}", kCondemned, version.str());
  TRY(versions->rename(version.str(), condemned, host::RenameMode::no_replace));
  TRY(versions->sync());
  TRY(versions->remove_tree(condemned));
  return versions->sync();
}

Result<> remove_records(host::Directory& root, const std::vector<std::uint64_t>& numbers) {
  if (numbers.empty()) return {};
  const auto records = TRY(root.open_directory(generations_dir()));
  for (const std::uint64_t number : numbers) TRY(records->remove_file(fmt::format("{}.json", number)));
  return records->sync();
}

}  // namespace

Result<Garbage> find_garbage(const host::Directory& root, std::uint64_t keep) {
  Generations generations = TRY(read_generations(root));
  if (!generations.unreadable.empty()) {
    return tl::unexpected(Error(fmt::format(
        "{}; nothing was removed, for it may name any version; see what happened to it, then take it away",
        join(generations.unreadable, "; "))));
  }
  Garbage garbage;
  std::vector<plan::Generation>& all = generations.all;
  const auto kept = std::max<std::uint64_t>(keep, 1);
  const std::size_t drop = all.size() > kept ? all.size() - static_cast<std::size_t>(kept) : 0;
  for (std::size_t i = 0; i < drop; ++i) garbage.generations.push_back(all[i].number);
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(drop));
  const Versions named = named_by(all);

  const auto addons = TRY(root.open_directory_if_present(addons_dir()));
  if (addons == nullptr) return garbage;
  for (const AddonId& id : ids_among(TRY(addons->list()))) {
    const auto versions = TRY(root.open_directory_if_present(versions_dir(id)));
    if (versions == nullptr) continue;
    const auto current = TRY(current_of(root, id));
    for (const host::DirectoryEntry& entry : TRY(versions->list())) {
      auto version = Version::parse(entry.name);
      if (!version || *version == current || named.contains({id, *version})) continue;
      garbage.versions.emplace_back(id, std::move(*version));
    }
  }
  std::sort(garbage.versions.begin(), garbage.versions.end());
  return garbage;
}

Result<> collect(host::Directory& root, const Garbage& garbage) {
  TRY_CONTEXT("cannot remove old generations", remove_records(root, garbage.generations));
  for (const auto& [id, version] : garbage.versions) {
    TRY_CONTEXT(fmt::format("cannot remove {} {}", id.str(), version.str()),
                remove_version(root, id, version));
  }
  return {};
}

}  // namespace addon::executor
