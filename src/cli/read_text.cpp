#include "cli/read_text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/text.hpp"
#include "core/unique_fd.hpp"

namespace addon::cli {

namespace {
tl::unexpected<Error> refused(const std::string& path, const std::string& why, int errno_value) {
  return tl::unexpected(Error(fmt::format("cannot read {}: {}", quoted(path), why), ErrorKind::invalid)
                            .with_errno(errno_value));
}

tl::unexpected<Error> cannot_read(const std::string& path) {
  if (errno == ENOENT) return refused(path, "it does not exist", ENOENT);
  return tl::unexpected(
      Error::from_errno(errno, fmt::format("cannot read {}", quoted(path))).with_kind(ErrorKind::invalid));
}

}  // namespace

Result<std::string> read_text(const std::string& path, std::size_t limit) {
  // O_NONBLOCK: opening a fifo must not wait for a writer.
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return cannot_read(path);
  struct stat state {};
  if (fstat(file.get(), &state) != 0) return cannot_read(path);
  if (!S_ISREG(state.st_mode)) return refused(path, "it is not a regular file", EINVAL);
  // One byte more than there should be shows the end without another look.
  std::string text(std::min(limit, static_cast<std::size_t>(state.st_size) + 1), '\0');
  std::size_t length = 0;
  for (;;) {
    if (length == text.size()) text.resize(std::min(limit, 2 * text.size()));
    if (length == text.size()) break;
    const ssize_t got = read(file.get(), text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(path);
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  text.resize(length);
  return text;
}

}  // namespace addon::cli
