#include "linux/handed_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "linux/file.hpp"
#include "linux/resolve.hpp"
#include "linux/tree.hpp"

namespace addon::linux {

namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;

Error handed_error(const char* doing, int errno_value) {
  return Error::from_errno(errno_value, fmt::format("cannot {} a file that was handed over", doing));
}

Error only_to_read() { return Error("a file that was handed over is only read"); }

/// Reads a part of a file by positions of its own: whoever handed the descriptor over moves it, too.
class PartFile final : public host::File {
 public:
  PartFile(UniqueFd fd, std::uint64_t offset, std::uint64_t size)
      : fd_(std::move(fd)), at_(offset), end_(offset + size) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end_ - at_));
    if (most == 0) return 0;
    const ssize_t count =
        retry([&] { return pread(fd_.get(), buffer.data(), most, static_cast<off_t>(at_)); });
    if (count < 0) return tl::unexpected(handed_error("read", errno));
    if (count == 0) return tl::unexpected(Error("a file that was handed over became shorter"));
    at_ += static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
  }
  Result<host::FileState> state() const override {
    auto state = state_at(fd_.get(), "");
    if (!state) return tl::unexpected(handed_error("look at", state.error()));
    return *state;
  }

  Result<host::FileCapabilities> capabilities() const override { return tl::unexpected(only_to_read()); }
  Result<std::vector<std::string>> attributes() const override { return tl::unexpected(only_to_read()); }
  Result<> write(std::span<const std::byte> /*bytes*/) override { return tl::unexpected(only_to_read()); }
  Result<> set_owner(unsigned /*uid*/, unsigned /*gid*/) override { return tl::unexpected(only_to_read()); }
  Result<> set_mode(unsigned /*mode*/) override { return tl::unexpected(only_to_read()); }
  Result<> set_capabilities(const host::FileCapabilities& /*capabilities*/) override {
    return tl::unexpected(only_to_read());
  }
  Result<> truncate(std::uint64_t /*size*/) override { return tl::unexpected(only_to_read()); }
  Result<> sync() override { return tl::unexpected(only_to_read()); }

 private:
  UniqueFd fd_;
  std::uint64_t at_;
  std::uint64_t end_;
};

// F_ADD_SEALS(2const): nothing can be written any more, by whatever descriptor or mapping.
bool is_sealed(int descriptor) {
  constexpr int needed = F_SEAL_WRITE | F_SEAL_SHRINK;
  const int seals = fcntl(descriptor, F_GET_SEALS);
  return seals >= 0 && (seals & needed) == needed;
}

Result<UniqueFd> copy(PartFile& from, std::uint64_t size, const host::Directory& spool) {
  const std::uint64_t free = TRY(spool.free_bytes());
  if (size > free / 2) {
    return tl::unexpected(
        Error(fmt::format("no room for what was handed over: {} has {} left, and it takes {}", spool.path(),
                          size_text(free), size_text(size)))
            .with_errno(ENOSPC));
  }
  const int directory = TRY(descriptor_of(spool));
  UniqueFd made(retry([&] { return openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); }));
  if (!made) return tl::unexpected(handed_error("make room for", errno));
  // Before it is read, so that two of them do not share the same room.
  if (const int failed = size == 0 ? 0 : posix_fallocate(made.get(), 0, static_cast<off_t>(size));
      failed != 0)
    return tl::unexpected(handed_error("make room for", failed));
  OpenFile to(UniqueFd(fcntl(made.get(), F_DUPFD_CLOEXEC, 3)), spool.path());
  std::vector<std::byte> block(kBlock);
  for (;;) {
    const std::size_t count = TRY(from.read(block));
    if (count == 0) return made;
    TRY(to.write(std::span(block).first(count)));
  }
}

UniqueFd duplicate_of(int descriptor) { return UniqueFd(fcntl(descriptor, F_DUPFD_CLOEXEC, 3)); }

}  // namespace

Result<MemoryFile> MemoryFile::make() {
  UniqueFd fd(memfd_create("addonctl", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return tl::unexpected(Error::from_errno(errno, "cannot make a file in memory"));
  return MemoryFile(std::make_unique<OpenFile>(std::move(fd), "a file in memory"));
}

Result<std::uint64_t> MemoryFile::size() const {
  const host::FileState state = TRY(file_->state());
  return state.identity.size;
}

Result<UniqueFd> MemoryFile::descriptor() const { return duplicate(*file_); }

Result<> MemoryFile::seal() {
  const UniqueFd fd = TRY(descriptor());
  if (fcntl(fd.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return tl::unexpected(Error::from_errno(errno, "cannot seal a file in memory"));
  }
  return {};
}

Result<UniqueFd> duplicate(const host::File& file) {
  const auto* open = dynamic_cast<const OpenFile*>(&file);
  if (open == nullptr) return tl::unexpected(Error("cannot hand over what is no file of this system"));
  return open->duplicate();
}

Result<std::uint64_t> check_handed(int descriptor) {
  struct stat found {};
  if (fstat(descriptor, &found) != 0) return tl::unexpected(handed_error("look at", errno));
  const int flags = fcntl(descriptor, F_GETFL);
  // An O_PATH descriptor has O_RDONLY's bits, and cannot be read.
  const bool can_read = flags >= 0 && (flags & O_PATH) == 0 && (flags & O_ACCMODE) != O_WRONLY;
  if (!S_ISREG(found.st_mode) || !can_read) {
    return tl::unexpected(
        Error("what was handed over is not a regular file that is open for reading", ErrorKind::invalid));
  }
  return static_cast<std::uint64_t>(found.st_size);
}

Result<TakenFile> TakenFile::take_over(int descriptor, std::uint64_t most, const host::Directory& spool) {
  const std::uint64_t size = TRY(check_handed(descriptor));
  if (size > most) {
    return tl::unexpected(
        Error(fmt::format("what was handed over has {}, and may have {}", size_text(size), size_text(most)),
              ErrorKind::invalid));
  }
  UniqueFd fd = duplicate_of(descriptor);
  if (!fd) return tl::unexpected(handed_error("take over", errno));
  if (is_sealed(descriptor)) return TakenFile(std::move(fd), size, false);
  PartFile from(std::move(fd), 0, size);
  UniqueFd copied = TRY(copy(from, size, spool));
  return TakenFile(std::move(copied), size, true);
}

Result<std::unique_ptr<host::File>> TakenFile::part(std::uint64_t offset, std::uint64_t size) const {
  if (offset > size_ || size > size_ - offset) {
    return tl::unexpected(
        Error("what was handed over is shorter than it was said to be", ErrorKind::invalid));
  }
  UniqueFd fd = duplicate_of(fd_.get());
  if (!fd) return tl::unexpected(handed_error("read", errno));
  return std::make_unique<PartFile>(std::move(fd), offset, size);
}

}  // namespace addon::linux
