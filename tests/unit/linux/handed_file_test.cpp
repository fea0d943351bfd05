#include "linux/handed_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "core/path.hpp"
#include "linux/directory.hpp"
#include "scratch.hpp"

namespace addon::linux::test {

namespace {

UniqueFd open_raw(const std::string& path, int flags) {
  return UniqueFd(::open(path.c_str(), flags | O_CLOEXEC));
}

std::string rest_of(host::File& file) {
  std::string text;
  std::array<std::byte, 7> block{};
  for (;;) {
    const auto count = file.read(block);
    REQUIRE(count);
    if (*count == 0) return text;
    text.append(reinterpret_cast<const char*>(block.data()), *count);
  }
}

constexpr std::uint64_t kMost = 1 << 20;

/// All of a part of what is taken over now.
std::string taken_part(int fd, std::uint64_t offset, std::uint64_t size, const host::Directory& spool) {
  const auto taken = TakenFile::take_over(fd, kMost, spool);
  REQUIRE(taken);
  const auto part = taken->part(offset, size);
  REQUIRE(part);
  return rest_of(**part);
}

UniqueFd memory_file(const std::string& text, int seals) {
  UniqueFd fd(memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  REQUIRE(write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  REQUIRE(fcntl(fd.get(), F_ADD_SEALS, seals) == 0);
  return fd;
}

}  // namespace

TEST_CASE("a file that was handed over stays as it was when it was taken over, whoever holds it") {
  const Scratch scratch;
  scratch.write("given", "as it was");
  const UniqueFd given = open_raw(scratch / "given", O_RDWR);
  // What the other side has read of it does not matter.
  lseek(given.get(), 5, SEEK_SET);
  const auto spool = scratch.open();
  const auto taken = TakenFile::take_over(given.get(), kMost, *spool);
  REQUIRE(taken);
  CHECK(taken->is_copy());
  REQUIRE(pwrite(given.get(), "something else", 14, 0) == 14);
  REQUIRE(ftruncate(given.get(), 3) == 0);
  CHECK(rest_of(**taken->part(0, 9)) == "as it was");
  // The copy has no name that somebody could open.
  CHECK(scratch.names() == std::vector<std::string>{"given"});
}

TEST_CASE("a part of a file is read from its beginning to its end") {
  const Scratch scratch;
  scratch.write("given", "one two three");
  const UniqueFd given = open_raw(scratch / "given", O_RDONLY);
  const auto spool = scratch.open();
  CHECK(taken_part(given.get(), 4, 3, *spool) == "two");
  const UniqueFd sealed = memory_file("one two three", F_SEAL_WRITE | F_SEAL_SHRINK);
  CHECK(taken_part(sealed.get(), 8, 5, *spool) == "three");
  CHECK(taken_part(sealed.get(), 13, 0, *spool).empty());
  CHECK_FALSE(TakenFile::take_over(sealed.get(), kMost, *spool)->is_copy());
}

TEST_CASE("a part that the file does not have is refused") {
  const Scratch scratch;
  scratch.write("given", "one");
  const UniqueFd given = open_raw(scratch / "given", O_RDONLY);
  const auto spool = scratch.open();
  const auto taken = TakenFile::take_over(given.get(), kMost, *spool);
  REQUIRE(taken);
  for (const auto& [offset, size] :
       {std::pair<std::uint64_t, std::uint64_t>{0, 4}, {4, 0}, {2, ~std::uint64_t{0}}}) {
    CHECK(message(taken->part(offset, size)) == "what was handed over is shorter than it was said to be");
  }
  CHECK(message(TakenFile::take_over(given.get(), 2, *spool)) ==
        "what was handed over has 3 B, and may have 2 B");
}

TEST_CASE("only a sealed file in memory is read where it is, any other is copied") {
  const Scratch scratch;
  const auto spool = scratch.open();
  // What cannot shrink can still be written, and what cannot be written from now on can by a mapping.
  for (const int seals : {0, F_SEAL_SHRINK, F_SEAL_SHRINK | F_SEAL_FUTURE_WRITE}) {
    UniqueFd given(memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    REQUIRE(write(given.get(), "before", 6) == 6);
    void* mapping = mmap(nullptr, 6, PROT_READ | PROT_WRITE, MAP_SHARED, given.get(), 0);
    REQUIRE(mapping != MAP_FAILED);
    REQUIRE(fcntl(given.get(), F_ADD_SEALS, seals) == 0);
    const auto taken = TakenFile::take_over(given.get(), kMost, *spool);
    REQUIRE(taken);
    std::copy_n("AFTER!", 6, static_cast<char*>(mapping));
    munmap(mapping, 6);
    INFO(seals);
    CHECK(rest_of(**taken->part(0, 6)) == "before");
  }
}

TEST_CASE("what is no regular file that can be read is refused") {
  const Scratch scratch;
  scratch.write("given", "one");
  std::array<int, 2> pipe_ends{};
  REQUIRE(pipe2(pipe_ends.data(), O_CLOEXEC) == 0);
  const UniqueFd pipe_end(pipe_ends[0]);
  const UniqueFd other_end(pipe_ends[1]);
  const UniqueFd socket_end(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const UniqueFd directory = open_raw(scratch.path(), O_RDONLY | O_DIRECTORY);
  const UniqueFd device = open_raw("/dev/zero", O_RDONLY);
  const UniqueFd path = open_raw(scratch / "given", O_PATH);
  const UniqueFd to_write = open_raw(scratch / "given", O_WRONLY);
  const auto spool = scratch.open();
  for (const int fd :
       {pipe_end.get(), socket_end.get(), directory.get(), device.get(), path.get(), to_write.get()}) {
    INFO(fd);
    CHECK(message(check_handed(fd)) == "what was handed over is not a regular file that is open for reading");
    CHECK_FALSE(TakenFile::take_over(fd, kMost, *spool));
  }
  CHECK_FALSE(check_handed(-1));
}

TEST_CASE("there is no room in a spool for what would fill it") {
  NEEDS_ROOT();
  const Scratch scratch;
  UniqueFd given(memfd_create("test", MFD_CLOEXEC));
  // Longer than any filesystem has room for, without a byte of it being there.
  constexpr std::uint64_t huge = std::uint64_t{1} << 50;
  REQUIRE(ftruncate(given.get(), huge) == 0);
  const auto spool = scratch.open();
  const auto taken = TakenFile::take_over(given.get(), huge, *spool);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().errno_value() == ENOSPC);
}

TEST_CASE("a file in memory that is sealed cannot be written any more") {
  auto made = MemoryFile::make();
  REQUIRE(made);
  REQUIRE(made->file().write(std::as_bytes(std::span("bytes", 5))));
  CHECK(*made->size() == 5);
  REQUIRE(made->seal());
  const auto fd = made->descriptor();
  REQUIRE(fd);
  CHECK(write(fd->get(), "x", 1) == -1);
  CHECK(ftruncate(fd->get(), 0) == -1);
  const Scratch scratch;
  CHECK(taken_part(fd->get(), 0, 5, *scratch.open()) == "bytes");
}

}  // namespace addon::linux::test
