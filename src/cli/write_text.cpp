#include "cli/write_text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "core/text.hpp"
#include "core/unique_fd.hpp"
#include "host/directory.hpp"

namespace addon::cli {

namespace {
constexpr mode_t kMode = 0644;

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(descriptor, bytes.data(), bytes.size());
    if (wrote < 0 && errno != EINTR) return false;
    if (wrote > 0) bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

bool fill(int descriptor, std::string_view bytes) {
  return write_all(descriptor, bytes) && fchmod(descriptor, kMode) == 0 && fsync(descriptor) == 0;
}
}  // namespace

Result<> write_text(const std::string& file, std::string_view text, std::string_view what) {
  const auto cannot_save = [&] {
    return Error::from_errno(errno, fmt::format("cannot save {} to {}", what, quoted(file)));
  };
  const std::filesystem::path path(file);
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  const std::string name = path.filename().string();
  const std::string temporary = host::temporary_name(name);

  const UniqueFd directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return tl::unexpected(cannot_save());
  unlinkat(directory.get(), temporary.c_str(), 0);
  const UniqueFd made(
      openat(directory.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!made) return tl::unexpected(cannot_save());
  const bool saved = fill(made.get(), text) &&
                     renameat(directory.get(), temporary.c_str(), directory.get(), name.c_str()) == 0 &&
                     fsync(directory.get()) == 0;
  if (saved) return {};
  Error error = cannot_save();
  unlinkat(directory.get(), temporary.c_str(), 0);
  return tl::unexpected(std::move(error));
}

}  // namespace addon::cli
