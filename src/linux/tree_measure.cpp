// Tree::measure.
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include "linux/resolve.hpp"
#include "linux/tree.hpp"

namespace addon::linux {

namespace {
// As for removing; each level holds one descriptor.
constexpr int deepest_counted = 600;
constexpr std::size_t shown_entries = 3;

class Counting {
 public:
  Counting(host::Contents& out, std::uint64_t most) : out_(out), most_(most) {}

  Result<> count(int directory, const std::string& path, int depth) {
    const auto entries = entries_of(directory);
    if (!entries) return tl::unexpected(open_error("list", path, entries.error()));
    for (const host::DirectoryEntry& entry : *entries) {
      if (out_.files + out_.directories >= most_) return {};
      TRY(entry.type == host::FileType::directory ? enter(directory, path, entry.name, depth)
                                                  : add(directory, path, entry.name));
    }
    return {};
  }

 private:
  // What goes away meanwhile is not there.
  Result<> add(int directory, const std::string& path, const std::string& name) {
    const auto state = state_at(directory, name);
    if (!state && state.error() == ENOENT) return {};
    if (!state) return tl::unexpected(path_error("look at", directory, path, name, state.error()));
    ++out_.files;
    if (state->type == host::FileType::regular) out_.bytes += state->identity.size;
    return {};
  }

  Result<> enter(int directory, const std::string& path, const std::string& name, int depth) {
    const std::string below = path + "/" + name;
    const auto fd = open_beneath(directory, name, O_RDONLY | O_DIRECTORY, Mounts::stay);
    if (!fd && fd.error() == EXDEV) {
      if (out_.mount.empty()) out_.mount = below;
      return {};
    }
    if (!fd && fd.error() == ENOENT) return {};
    if (!fd) return tl::unexpected(path_error("look at", directory, path, name, fd.error()));
    ++out_.directories;
    if (depth >= deepest_counted) {
      return tl::unexpected(
          refusal("look at", shown_path(path, name), "it is nested too many directories deep", ELOOP));
    }
    return count(fd->get(), below, depth + 1);
  }

  host::Contents& out_;
  std::uint64_t most_;
};
}  // namespace

Result<host::Contents> Tree::measure(std::uint64_t most) const {
  host::Contents contents;
  const std::vector<host::DirectoryEntry> entries = TRY(list());
  contents.entries = entries.size();
  for (std::size_t i = 0; i < std::min(entries.size(), shown_entries); ++i) {
    const bool is_directory = entries[i].type == host::FileType::directory;
    contents.first.push_back(entries[i].name + (is_directory ? "/" : ""));
  }
  TRY(Counting(contents, most).count(fd_.get(), path_, 0));
  return contents;
}

}  // namespace addon::linux
