// The half of Tree that changes the directory. Every call takes one name, relative to the held
// descriptor, and follows nothing; modes are set by fchmod, so that no umask takes part.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <type_traits>

#include "core/text.hpp"
#include "linux/file.hpp"
#include "linux/resolve.hpp"
#include "linux/tree.hpp"

namespace addon::linux {

namespace {
constexpr unsigned root = 0;

unsigned flags_of(host::RenameMode mode) {
  switch (mode) {
    case host::RenameMode::no_replace:
      return RENAME_NOREPLACE;
    case host::RenameMode::exchange:
      return RENAME_EXCHANGE;
    case host::RenameMode::replace:
      break;
  }
  return 0;
}

/// Why what was there before must not be built in or written to; "" when it may.
std::string distrust(const host::FileState& state) {
  if (state.uid != root) {
    return fmt::format("it belongs to uid {}, not to root; run chown root:root on it once you know why",
                       state.uid);
  }
  const bool sticky = (state.mode & S_ISVTX) != 0;
  if (state.writable_by_others() && !sticky) {
    return fmt::format("its mode {:04o} lets others than root write to it; run chmod go-w on it", state.mode);
  }
  return "";
}
}  // namespace

Result<std::string> Tree::entry(std::string_view doing, std::string_view name) const {
  // Entries that are only to be removed may have any name that a directory can have.
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string_view::npos ||
      name.find('\0') != std::string_view::npos) {
    return tl::unexpected(Error(fmt::format("cannot {} {} in {}: it is not the name of one entry", doing,
                                            quoted(name), printable(path_)))
                              .with_errno(EINVAL));
  }
  return std::string(name);
}

// Whoever may write here can put another directory in the place of the new one before it is opened. One that
// is root's and empty gives nobody anything that he could not have taken from the new one.
Result<> Tree::check_fresh(int made, const std::string& name) const {
  const auto state = state_at(made, "");
  if (!state) return tl::unexpected(error("make directory", name, state.error()));
  const auto entries = entries_of(made);
  if (!entries) return tl::unexpected(error("make directory", name, entries.error()));
  if (state->uid == geteuid() && entries->empty()) return {};
  return tl::unexpected(refusal("make directory", shown_path(path_, name),
                                "somebody put another one in its place at that moment", EPERM));
}

Result<std::unique_ptr<Tree>> Tree::adopt(const std::string& name, unsigned mode) {
  auto fd = open_beneath(fd_.get(), name, O_RDONLY | O_DIRECTORY, Mounts::stay);
  if (!fd) return tl::unexpected(error("make directory", name, fd.error()));
  TRY(check_fresh(fd->get(), name));
  // Explicitly: below a set-group-ID directory the group would be that directory's.
  if (fchown(fd->get(), root, root) != 0 || fchmod(fd->get(), mode) != 0) {
    const int errno_value = errno;
    unlinkat(fd_.get(), name.c_str(), AT_REMOVEDIR);
    return tl::unexpected(error("make directory", name, errno_value));
  }
  return std::make_unique<Tree>(std::move(*fd), shown_path(path_, name));
}

Result<std::unique_ptr<Tree>> Tree::enter_or_make(const std::string& name) {
  if (mkdirat(fd_.get(), name.c_str(), 0700) == 0) {
    auto made = TRY(adopt(name, 0755));
    TRY(made->sync());
    TRY(sync());
    return made;
  }
  if (errno != EEXIST) return tl::unexpected(error("make directory", name, errno));
  auto fd = open_beneath(fd_.get(), name, O_RDONLY | O_DIRECTORY);
  if (!fd) return tl::unexpected(error("open", name, fd.error()));
  const auto state = state_at(fd->get(), "");
  if (!state) return tl::unexpected(error("look at", name, state.error()));
  if (const std::string reason = distrust(*state); !reason.empty()) {
    return tl::unexpected(refusal("use directory", shown_path(path_, name), reason, EPERM));
  }
  return std::make_unique<Tree>(std::move(*fd), shown_path(path_, name));
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): lost in TRY

Result<std::unique_ptr<host::Directory>> Tree::make_directories(const RelativePath& path) {
  std::unique_ptr<Tree> reached;
  for (const std::string_view segment : path.segments()) {
    Tree& parent = reached ? *reached : *this;
    reached = TRY(parent.enter_or_make(std::string(segment)));
  }
  return reached;
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): lost in TRY

Result<std::unique_ptr<host::Directory>> Tree::make_directory(std::string_view name) {
  const std::string made = TRY(entry("make directory", name));
  if (mkdirat(fd_.get(), made.c_str(), 0700) != 0)
    return tl::unexpected(error("make directory", made, errno));
  return TRY(adopt(made, 0700));
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): lost in TRY

Result<> Tree::set_owner(unsigned uid, unsigned gid) {
  if (fchown(fd_.get(), uid, gid) != 0) return tl::unexpected(open_error("set the owner of", path_, errno));
  return {};
}

Result<> Tree::set_mode(unsigned mode) {
  if (fchmod(fd_.get(), mode) != 0) return tl::unexpected(open_error("set the mode of", path_, errno));
  return {};
}

Result<std::unique_ptr<host::File>> Tree::create_file(std::string_view name) {
  const std::string made = TRY(entry("create", name));
  auto fd = open_beneath(fd_.get(), made, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
  if (!fd) return tl::unexpected(error("create", made, fd.error()));
  if (fchown(fd->get(), root, root) != 0 || fchmod(fd->get(), 0600) != 0) {
    const int errno_value = errno;
    unlinkat(fd_.get(), made.c_str(), 0);
    return tl::unexpected(error("create", made, errno_value));
  }
  return std::make_unique<OpenFile>(std::move(*fd), shown_path(path_, made));
}

Result<std::unique_ptr<host::File>> Tree::append_file(std::string_view name) {
  const std::string opened = TRY(entry("open", name));
  constexpr int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
  auto fd = open_beneath(fd_.get(), opened, flags);
  if (!fd && fd.error() == ENOENT) {
    // Not O_RDWR as a new file: what is written next is at its end whoever else has written to it.
    if (auto made = create_file(name); !made) return tl::unexpected(std::move(made).error());
    fd = open_beneath(fd_.get(), opened, flags);
  }
  if (!fd) return tl::unexpected(error("open", opened, fd.error()));
  const auto state = state_at(fd->get(), "");
  if (!state) return tl::unexpected(error("open", opened, state.error()));
  const std::string reason =
      state->type == host::FileType::regular ? distrust(*state) : "it is not a regular file; remove it";
  if (!reason.empty()) {
    return tl::unexpected(refusal("append to", shown_path(path_, opened), reason, EPERM));
  }
  return std::make_unique<OpenFile>(std::move(*fd), shown_path(path_, opened));
}

Result<bool> Tree::takes_capabilities() {
  // O_EXCL: it can never be given a name.
  const UniqueFd fd(openat(fd_.get(), ".", O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0) {
    if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL) return true;
    return tl::unexpected(error("make a file in", "", errno));
  }
  const std::unique_ptr<std::remove_pointer_t<cap_t>, int (*)(void*)> one(cap_from_text("cap_chown=ep"),
                                                                          cap_free);
  if (one == nullptr) return tl::unexpected(error("try capabilities in", "", errno));
  if (cap_set_fd(fd.get(), one.get()) == 0) return true;
  if (errno == EOPNOTSUPP) return false;
  return tl::unexpected(error("try capabilities in", "", errno));
}

Result<std::uint64_t> Tree::free_bytes() const {
  struct statvfs filesystem {};
  if (fstatvfs(fd_.get(), &filesystem) != 0)
    return tl::unexpected(error("ask about the filesystem of", "", errno));
  return std::uint64_t{filesystem.f_bfree} * filesystem.f_frsize;
}

Result<> Tree::make_symlink(std::string_view name, const std::string& target) {
  const std::string made = TRY(entry("make symbolic link", name));
  if (symlinkat(target.c_str(), fd_.get(), made.c_str()) != 0) {
    return tl::unexpected(error("make symbolic link", made, errno));
  }
  return {};
}

Result<> Tree::rename(std::string_view from, std::string_view to, host::RenameMode mode) {
  const std::string old_name = TRY(entry("rename", from));
  const std::string new_name = TRY(entry("rename to", to));
  if (renameat2(fd_.get(), old_name.c_str(), fd_.get(), new_name.c_str(), flags_of(mode)) != 0) {
    const int errno_value = errno;
    // "it" in a message is the name last mentioned; only ENOENT is about the first one.
    const std::string old_path = shown_path(path_, old_name);
    const std::string reason = errno_value == ENOENT ? old_path + " does not exist" : explain(errno_value);
    return tl::unexpected(
        refusal(fmt::format("rename {} to", old_path), printable(new_name), reason, errno_value));
  }
  return {};
}

Result<> Tree::move_here(host::Directory& from, std::string_view name, std::string_view to) {
  const int source = TRY(descriptor_of(from));
  const std::string old_name = TRY(entry("move", name));
  const std::string new_name = TRY(entry("move to", to));
  if (renameat2(source, old_name.c_str(), fd_.get(), new_name.c_str(), RENAME_NOREPLACE) == 0) return {};
  const int errno_value = errno;
  const std::string reason = errno_value == EXDEV ? "it is on another filesystem" : explain(errno_value);
  return tl::unexpected(refusal(fmt::format("move {} to", shown_path(from.path(), old_name)),
                                shown_path(path_, new_name), reason, errno_value));
}

Result<> Tree::remove_file(std::string_view name) {
  const std::string gone = TRY(entry("remove", name));
  if (unlinkat(fd_.get(), gone.c_str(), 0) == 0 || is_gone(fd_.get(), gone, errno)) return {};
  return tl::unexpected(error("remove", gone, errno));
}

Result<> Tree::remove_directory(std::string_view name) {
  const std::string gone = TRY(entry("remove directory", name));
  if (unlinkat(fd_.get(), gone.c_str(), AT_REMOVEDIR) == 0 || is_gone(fd_.get(), gone, errno)) return {};
  return tl::unexpected(error("remove directory", gone, errno));
}

Result<> Tree::sync() {
  if (fsync(fd_.get()) != 0) return tl::unexpected(open_error("sync", path_, errno));
  return {};
}

}  // namespace addon::linux
