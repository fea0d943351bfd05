// Tree::remove_tree and Tree::remove_entries.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/resolve.hpp"
#include "linux/tree.hpp"

namespace addon::linux {

namespace {
// Deeper than any RelativePath (1024 bytes, so 512 names); each level holds one descriptor.
constexpr int deepest = 600;

/// Removes what `name` is in an open directory, and all below it.
///
/// unlinkat(2) is tried first and says itself (EISDIR) whether it met a directory, so that nothing
/// is looked at before it is removed, and a directory that becomes a symlink is never entered.
Result<> remove_at(int directory, const std::string& base, const std::string& name, int depth);

Result<> remove_entries(int directory, const std::string& path, int depth) {
  const auto entries = entries_of(directory);
  if (!entries) return tl::unexpected(open_error("list", path, entries.error()));
  for (const host::DirectoryEntry& entry : *entries) TRY(remove_at(directory, path, entry.name, depth));
  return {};
}

Result<> remove_directory_at(int directory, const std::string& base, const std::string& name, int depth) {
  const auto fail = [&](int errno_value) {
    return tl::unexpected(path_error("remove", directory, base, name, errno_value));
  };
  if (depth >= deepest) {
    return tl::unexpected(refusal("remove", shown_path(base, name),
                                  fmt::format("it is nested more than {} directories deep", deepest), ELOOP));
  }
  const auto fd = open_beneath(directory, name, O_RDONLY | O_DIRECTORY, Mounts::stay);
  if (!fd) return fail(fd.error());
  const auto state = state_at(fd->get(), "");
  if (!state) return fail(state.error());
  // Without CAP_DAC_OVERRIDE even root cannot empty a directory that it may not write to.
  if ((state->mode & S_IRWXU) != S_IRWXU && fchmod(fd->get(), S_IRWXU) != 0) return fail(errno);
  TRY(remove_entries(fd->get(), base + "/" + name, depth + 1));
  if (unlinkat(directory, name.c_str(), AT_REMOVEDIR) == 0 || is_gone(directory, name, errno)) return {};
  return fail(errno);
}

Result<> remove_at(int directory, const std::string& base, const std::string& name, int depth) {
  if (unlinkat(directory, name.c_str(), 0) == 0 || is_gone(directory, name, errno)) return {};
  if (errno == EISDIR) return remove_directory_at(directory, base, name, depth);
  return tl::unexpected(path_error("remove", directory, base, name, errno));
}
}  // namespace

Result<> Tree::remove_tree(std::string_view name) {
  return remove_at(fd_.get(), path_, TRY(entry("remove", name)), 0);
}

Result<> Tree::remove_entries() { return linux::remove_entries(fd_.get(), path_, 0); }

}  // namespace addon::linux
