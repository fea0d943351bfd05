#include "core/digest.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

using addon::Digest;
using addon::Sha256;

namespace {
constexpr const char* abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
}  // namespace

TEST_CASE("SHA-256 of the examples of FIPS 180-4 is theirs") {
  CHECK(Digest::of("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(Digest::of("abc").hex() == abc);
  CHECK(Digest::of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex() ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(Digest::of(std::string(1'000'000, 'a')).hex() ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a stream has the digest of its bytes however they are cut") {
  const std::size_t piece = GENERATE(1U, 7U, 63U, 64U, 65U, 4096U);
  const std::string text(1'000'000, 'a');
  Sha256 hash;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    hash.update(bytes_of(std::string_view(text).substr(at, piece)));
  }
  CHECK(hash.finish().hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("an empty stream has the digest of nothing") {
  Sha256 hash;
  hash.update({});
  CHECK(hash.finish() == Digest::of(""));
}

TEST_CASE("a hash goes on where it was after it has been moved") {
  Sha256 first;
  first.update(bytes_of("a"));
  Sha256 second = std::move(first);
  second.update(bytes_of("b"));
  Sha256 third;
  third = std::move(second);
  third.update(bytes_of("c"));
  CHECK(third.finish().hex() == abc);
}

TEST_CASE("several threads hash at once") {
  std::vector<Digest> digests(4);
  {
    std::vector<std::jthread> threads;
    threads.reserve(digests.size());
    for (Digest& digest : digests) {
      threads.emplace_back([&digest] {
        for (int i = 0; i < 1000; ++i) digest = Digest::of("abc");
      });
    }
  }
  for (const Digest& digest : digests) CHECK(digest.hex() == abc);
}

TEST_CASE("a digest is read with and without its prefix") {
  CHECK(Digest::parse(abc).value() == Digest::of("abc"));
  CHECK(Digest::parse(std::string("sha256:") + abc).value() == Digest::of("abc"));
  CHECK(Digest::of("abc").str() == std::string("sha256:") + abc);
}

TEST_CASE("what is not a digest is refused") {
  const std::string good = abc;
  const std::string text =
      GENERATE_COPY(std::string(), std::string("sha256:"), good.substr(1), good + "0", "B" + good.substr(1),
                    "g" + good.substr(1), " " + good.substr(1), "sha512:" + good, "sha256:sha256:" + good,
                    "SHA256:" + good, good + "\n");
  CAPTURE(text);
  const auto parsed = Digest::parse(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind() == addon::ErrorKind::invalid);
}

TEST_CASE("the refusal of a digest quotes it and says what one is") {
  CHECK(Digest::parse("sha256:\x1b").error().message() ==
        "\"sha256:\\x1b\" is not a SHA-256: use 64 lower-case hexadecimal digits, as sha256sum prints them");
}

TEST_CASE("a digest that was not computed is all zeros") { CHECK(Digest().hex() == std::string(64, '0')); }
