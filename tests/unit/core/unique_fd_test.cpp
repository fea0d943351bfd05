#include "core/unique_fd.hpp"

#include <fcntl.h>

#include <catch2/catch.hpp>

using addon::UniqueFd;

namespace {
int open_something() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }
}  // namespace

TEST_CASE("a descriptor is closed when its owner goes") {
  const int fd = open_something();
  REQUIRE(is_open(fd));
  {
    const UniqueFd owner(fd);
    CHECK(owner);
    CHECK(owner.get() == fd);
  }
  CHECK_FALSE(is_open(fd));
}

TEST_CASE("moving hands a descriptor over and closes the one that was there") {
  const int first = open_something();
  const int second = open_something();
  UniqueFd a(first);
  UniqueFd b(second);
  b = std::move(a);
  CHECK(b.get() == first);
  CHECK(is_open(first));
  CHECK_FALSE(is_open(second));
  const UniqueFd c = std::move(b);
  CHECK(c.get() == first);
  CHECK(is_open(first));
}

TEST_CASE("a released descriptor stays open") {
  const int fd = open_something();
  UniqueFd owner(fd);
  const int released = owner.release();
  CHECK(released == fd);
  CHECK_FALSE(owner);
  CHECK(is_open(fd));
  owner = UniqueFd(released);
  owner.reset();
  CHECK_FALSE(is_open(fd));
}
