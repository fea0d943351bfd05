#include "linux/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "linux/resolve.hpp"

namespace addon::linux {

namespace {
constexpr std::size_t kMuch = std::size_t{256} << 10;

/// Labels that the host's own security modules keep on every file.
bool is_label(std::string_view name) {
  return name == "security.selinux" || name.starts_with("security.SMACK64") || name == "security.apparmor" ||
         name == "security.ima" || name == "security.evm";
}

/// The names in what flistxattr(2) gives: each ends in a NUL.
std::vector<std::string> rights_and_data(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const std::string_view name = list.substr(0, list.find('\0'));
    if (!is_label(name)) names.emplace_back(name);
    list.remove_prefix(std::min(list.size(), name.size() + 1));
  }
  std::sort(names.begin(), names.end());
  return names;
}
}  // namespace

Result<std::size_t> OpenFile::read(std::span<std::byte> buffer) {
  const ssize_t count = retry([&] { return ::read(fd_.get(), buffer.data(), buffer.size()); });
  if (count < 0) return tl::unexpected(open_error("read", path_, errno));
  return static_cast<std::size_t>(count);
}

Result<> OpenFile::write(std::span<const std::byte> bytes) {
  const bool is_much = bytes.size() >= kMuch;
  while (!bytes.empty()) {
    const ssize_t count = retry([&] { return ::write(fd_.get(), bytes.data(), bytes.size()); });
    if (count < 0) return tl::unexpected(open_error("write", path_, errno));
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  // Has the disk begin at once, so that there is less for the sync to wait for. A hint: whether it is heard
  // does not matter, what fails will fail in the sync.
  if (is_much) static_cast<void>(sync_file_range(fd_.get(), 0, 0, SYNC_FILE_RANGE_WRITE));
  return {};
}

Result<UniqueFd> OpenFile::duplicate() const {
  UniqueFd fd(fcntl(fd_.get(), F_DUPFD_CLOEXEC, 3));
  if (!fd) return tl::unexpected(open_error("duplicate", path_, errno));
  return fd;
}

Result<host::FileState> OpenFile::state() const {
  auto state = state_at(fd_.get(), "");
  if (!state) return tl::unexpected(open_error("look at", path_, state.error()));
  return *state;
}

Result<std::vector<std::string>> OpenFile::attributes() const {
  // Room for what files usually have; else twice as much until it is enough. xattr(7) sets 64 KiB as the
  // limit.
  for (std::string list(256, '\0');; list.resize(list.size() * 2)) {
    const ssize_t got = flistxattr(fd_.get(), list.data(), list.size());
    if (got < 0 && errno == ENOTSUP) return std::vector<std::string>{};
    if (got < 0 && errno == ERANGE) continue;
    if (got < 0) return tl::unexpected(open_error("list extended attributes of", path_, errno));
    return rights_and_data(std::string_view(list).substr(0, static_cast<std::size_t>(got)));
  }
}

Result<> OpenFile::truncate(std::uint64_t size) {
  if (retry([&] { return ftruncate(fd_.get(), static_cast<off_t>(size)); }) != 0) {
    return tl::unexpected(open_error("truncate", path_, errno));
  }
  return {};
}

Result<> OpenFile::set_owner(unsigned uid, unsigned gid) {
  if (retry([&] { return fchown(fd_.get(), uid, gid); }) != 0) {
    return tl::unexpected(open_error("set the owner of", path_, errno));
  }
  return {};
}

Result<> OpenFile::set_mode(unsigned mode) {
  if (retry([&] { return fchmod(fd_.get(), mode); }) != 0) {
    return tl::unexpected(open_error("set the mode of", path_, errno));
  }
  return {};
}

Result<> OpenFile::sync() {
  // Never retried: after a failed fsync the kernel may have dropped what it could not write, and
  // a second call would report success. fsync(2).
  if (fsync(fd_.get()) != 0) return tl::unexpected(open_error("sync", path_, errno));
  return {};
}

Result<std::string> read_all(host::File& file, const std::string& path, std::size_t limit) {
  const auto too_large = [&] {
    return tl::unexpected(refusal("read", path, fmt::format("it is larger than {} bytes", limit), EFBIG));
  };
  const host::FileState state = TRY(file.state());
  if (state.identity.size > limit) return too_large();

  // It may be growing, or of a kind (procfs) that says no size and gives everything to the first
  // read or nothing: the limit is on what was read.
  constexpr std::size_t smallest_buffer = 4096;
  std::string text(std::min(std::max<std::size_t>(state.identity.size + 1, smallest_buffer), limit + 1),
                   '\0');
  std::size_t used = 0;
  for (;;) {
    const std::span<char> room(text.data() + used, text.size() - used);
    const std::size_t count = TRY(file.read(std::as_writable_bytes(room)));
    if (count == 0) break;
    used += count;
    if (used > limit) return too_large();
    if (used == text.size()) text.resize(std::min(text.size() * 2, limit + 1));
  }
  text.resize(used);
  return text;
}

}  // namespace addon::linux
