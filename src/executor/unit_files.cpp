#include "executor/unit_files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <deque>
#include <optional>
#include <utility>

#include "core/text.hpp"

namespace addon::executor {

namespace {
// As the kernel; path_resolution(7).
constexpr int most_links = 40;
constexpr std::size_t largest_unit = std::size_t{1} << 24U;

std::deque<std::string> segments_of(std::string_view path) {
  std::deque<std::string> segments;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
    if (!segment.empty() && segment != ".") segments.emplace_back(segment);
  }
  return segments;
}
}  // namespace

// Where a path leads, without a symlink in it. No path: the root directory itself.
struct UnitFiles::Place {
  std::optional<RelativePath> path;
  host::FileType type = host::FileType::directory;
};

Result<std::optional<UnitFiles::Place>> UnitFiles::resolve(const std::string& path) {
  std::vector<std::string> done;
  std::deque<std::string> left = segments_of(path);
  Place place;
  for (int links = 0; !left.empty();) {
    const std::string segment = std::move(left.front());
    left.pop_front();
    if (segment == "..") {
      if (!done.empty()) done.pop_back();
      continue;
    }
    // A name that no path of ours can have is none that systemd's own units have.
    auto next = RelativePath::parse(join(done, "/") + (done.empty() ? "" : "/") + segment);
    if (!next) return std::optional<Place>();
    const auto state = TRY(root_.stat(*next));
    if (!state) return std::optional<Place>();
    if (state->type != host::FileType::symlink) {
      if (state->type != host::FileType::directory && !left.empty()) return std::optional<Place>();
      done.push_back(segment);
      place = {std::move(*next), state->type};
      continue;
    }
    if (++links > most_links) return std::optional<Place>();
    const std::string target = TRY(root_.read_link(*next));
    if (target.starts_with('/')) done.clear();
    const std::deque<std::string> more = segments_of(target);
    left.insert(left.begin(), more.begin(), more.end());
  }
  if (done.empty()) return std::optional<Place>(Place{});
  if (place.path && place.path->str() == join(done, "/")) return std::optional<Place>(std::move(place));
  return std::optional<Place>(Place{TRY(RelativePath::parse(join(done, "/"))), host::FileType::directory});
}

Result<unit::UnitListing> UnitFiles::list(const std::string& directory) {
  const auto known = listed_.find(directory);
  if (known != listed_.end()) return known->second;
  return listed_[directory] = TRY(list_uncached(directory));
}

Result<unit::UnitListing> UnitFiles::list_uncached(const std::string& directory) {
  unit::UnitListing listing{directory, {}};
  const auto place = TRY(resolve(directory));
  if (!place || place->type != host::FileType::directory || !place->path) return listing;
  const auto opened = TRY(root_.open_directory_if_present(*place->path));
  if (opened == nullptr) return listing;
  listing.path = "/" + place->path->str();
  for (const host::DirectoryEntry& entry : TRY(opened->list())) {
    using Kind = unit::UnitEntry::Kind;
    const bool is_link = entry.type == host::FileType::symlink;
    const bool is_file = entry.type == host::FileType::regular;
    listing.entries.push_back({entry.name, is_link ? Kind::symlink : is_file ? Kind::file : Kind::other});
  }
  return listing;
}

Result<std::optional<std::string>> UnitFiles::read_link(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto parent = TRY(resolve(path.substr(0, slash)));
  if (!parent || !parent->path) return std::nullopt;
  const auto whole = RelativePath::parse(parent->path->str() + path.substr(slash));
  if (!whole) return std::nullopt;
  const auto state = TRY(root_.stat(*whole));
  if (!state || state->type != host::FileType::symlink) return std::nullopt;
  return TRY(root_.read_link(*whole));
}

Result<std::optional<std::string>> UnitFiles::read(const std::string& path) {
  const auto place = TRY(resolve(path));
  if (!place || !place->path) {
    // A root directory of a container or image need not have devices.
    const auto target = TRY(read_link(path));
    return target == "/dev/null" ? std::optional<std::string>("") : std::nullopt;
  }
  if (place->type == host::FileType::regular) return TRY(root_.read_file(*place->path, largest_unit));
  if (place->path->str() == "dev/null") return "";
  return std::nullopt;
}

}  // namespace addon::executor
