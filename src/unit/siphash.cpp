#include "unit/siphash.hpp"

#include <bit>
#include <cstddef>

namespace addon::unit {

namespace {
constexpr std::size_t word_size = 8;

template <class Bytes>
std::uint64_t little_endian(const Bytes& bytes, std::size_t begin, std::size_t count) {
  std::uint64_t word = 0;
  for (std::size_t i = count; i > 0; --i) {
    word = word << 8U | static_cast<std::uint8_t>(bytes[begin + i - 1]);
  }
  return word;
}

struct State {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }

  void absorb(std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};
}  // namespace

std::uint64_t siphash24(std::string_view text, const SipHashKey& key) {
  const std::uint64_t k0 = little_endian(key, 0, word_size);
  const std::uint64_t k1 = little_endian(key, word_size, word_size);
  // The constants spell "somepseudorandomlygeneratedbytes".
  State state{k0 ^ 0x736f6d6570736575U, k1 ^ 0x646f72616e646f6dU, k0 ^ 0x6c7967656e657261U,
              k1 ^ 0x7465646279746573U};
  const std::size_t tail = text.size() % word_size;
  const std::size_t whole = text.size() - tail;
  for (std::size_t at = 0; at < whole; at += word_size) state.absorb(little_endian(text, at, word_size));
  state.absorb(little_endian(text, whole, tail) | static_cast<std::uint64_t>(text.size() & 0xffU) << 56U);
  state.v2 ^= 0xffU;
  for (int i = 0; i < 4; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace addon::unit
