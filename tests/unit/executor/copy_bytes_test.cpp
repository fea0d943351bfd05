// More than one chunk: hashing runs beside the copying.
#include "executor/copy_bytes.hpp"

#include <catch2/catch.hpp>

#include "linux/directory.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;

namespace {
constexpr std::size_t kMiB = std::size_t{1} << 20;

// No two chunks alike, so that one in another's place would be seen.
std::string text_of(std::size_t size) {
  std::string text(size, ' ');
  std::uint32_t state = 1;
  for (char& c : text) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24U);
  }
  return text;
}

Result<Digest> copy(const Host& host, const std::string& text, std::uint64_t expected) {
  write_file(host / "source", text);
  auto root = linux::open_root(host / "");
  REQUIRE(error_of(root) == "");
  auto source = (*root)->open_file(RelativePath::of({"source"}));
  auto target = (*root)->create_file("target");
  REQUIRE(error_of(source) == "");
  REQUIRE(error_of(target) == "");
  return copy_bytes(**source, **target, expected);
}
}  // namespace

TEST_CASE("a copy has the bytes and the digest of its source, whatever its size") {
  NEEDS_ROOT();
  const std::size_t size = GENERATE(0U, 1U, 65536U, 65537U, kMiB - 1, kMiB, kMiB + 1, 3 * kMiB + 5);
  CAPTURE(size);
  const Host host;
  const std::string text = text_of(size);
  const auto digest = copy(host, text, size);
  REQUIRE(error_of(digest) == "");
  CHECK(*digest == Digest::of(text));
  CHECK((read_file(host / "target") == text));
}

TEST_CASE("a source that is shorter than planned has another digest, a longer one is stale") {
  NEEDS_ROOT();
  const Host host;
  const std::string text = text_of(2 * kMiB);
  SECTION("shorter") {
    const auto digest = copy(host, text, 2 * kMiB + 1);
    REQUIRE(error_of(digest) == "");
    CHECK(*digest == Digest::of(text));
  }
  SECTION("longer by one byte, and never written whole") {
    const auto digest = copy(host, text, 2 * kMiB - 1);
    CHECK(error_of(digest) == "the bundle's file grew after the plan was made; plan again");
    CHECK(kind_of(digest) == ErrorKind::stale);
    CHECK(read_file(host / "target").size() < text.size());
  }
}
