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

Result<> remove_version(host::Directory& root, const AddonId& id, const Version& version) {
  const auto versions = TRY(root.open_directory(versions_dir(id)));
  const std::string condemned = fmt::format("{}{}", kCondemned, version.str());
  TRY(versions->rename(version.str(), condemned, host::RenameMode::no_replace));
  TRY(versions->sync());
  TRY(versions->remove_tree(condemned));
  return versions->sync();
}

Result<> remove_leftover(host::Directory& root, const AddonId& id, const std::string& name) {
  const auto versions = TRY(root.open_directory(versions_dir(id)));
  TRY(versions->remove_tree(name));
  return versions->sync();
}

Error guesswork(const std::string& why) {
  return Error(fmt::format("{}; nothing was removed, for it may name any version", why));
}

// The generations that are kept. Those that are not go into the garbage.
Result<std::vector<plan::Generation>> kept_of(const host::Directory& root, std::uint64_t keep,
                                              Garbage& garbage) {
  Generations generations = TRY(read_generations(root));
  if (!generations.unreadable.empty()) return tl::unexpected(guesswork(join(generations.unreadable, "; ")));
  if (const std::vector<std::string> aside = TRY(put_aside(root)); !aside.empty()) {
    return tl::unexpected(guesswork(
        fmt::format("{} in /{} was put aside as damaged; see what happened to it, then take it away",
                    join(aside, ", "), generations_dir().str())));
  }
  std::vector<plan::Generation>& all = generations.all;
  const auto kept = std::max<std::uint64_t>(keep, 1);
  const std::size_t drop = all.size() > kept ? all.size() - static_cast<std::size_t>(kept) : 0;
  for (std::size_t i = 0; i < drop; ++i) garbage.generations.push_back(all[i].number);
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(drop));
  return std::move(all);
}

Result<> find_versions(const host::Directory& root, const AddonId& id, const Versions& named,
                       Garbage& garbage) {
  const auto versions = TRY(root.open_directory_if_present(versions_dir(id)));
  if (versions == nullptr) return {};
  const auto current = TRY(current_of(root, id));
  for (const host::DirectoryEntry& entry : TRY(versions->list())) {
    if (entry.name.starts_with(kCondemned)) garbage.leftovers.emplace_back(id, entry.name);
    auto version = Version::parse(entry.name);
    if (!version || *version == current || named.contains({id, *version})) continue;
    garbage.versions.emplace_back(id, std::move(*version));
  }
  return {};
}

}  // namespace

Result<Garbage> find_garbage(const host::Directory& root, std::uint64_t keep) {
  Garbage garbage;
  const std::vector<plan::Generation> kept = TRY(kept_of(root, keep, garbage));
  const Versions named = named_by(kept);
  const auto addons = TRY(root.open_directory_if_present(addons_dir()));
  if (addons == nullptr) return garbage;
  for (const AddonId& id : ids_among(TRY(addons->list()))) TRY(find_versions(root, id, named, garbage));
  if (kept.empty() && !garbage.versions.empty()) {
    return tl::unexpected(Error(
        "no generation is recorded, so nothing tells which of the installed versions are needed; nothing "
        "was removed"));
  }
  std::sort(garbage.versions.begin(), garbage.versions.end());
  std::sort(garbage.leftovers.begin(), garbage.leftovers.end());
  return garbage;
}

Result<> collect(host::Directory& root, const Garbage& garbage) {
  TRY_CONTEXT("cannot remove old generations", remove_generations(root, garbage.generations));
  for (const auto& [id, name] : garbage.leftovers) {
    TRY_CONTEXT(fmt::format("cannot remove {} of {}", name, id.str()), remove_leftover(root, id, name));
  }
  for (const auto& [id, version] : garbage.versions) {
    TRY_CONTEXT(fmt::format("cannot remove {} {}", id.str(), version.str()),
                remove_version(root, id, version));
  }
  return {};
}

}  // namespace addon::executor
