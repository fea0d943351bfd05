#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/digest.hpp"
#include "core/result.hpp"

/// Keys and signatures in the format of minisign 0.11, by libsodium: Ed25519 over the BLAKE2b-512 digest of
/// what is signed ("prehashed"), and a second signature that covers the first one and the trusted comment.
/// minisign(1), https://jedisct1.github.io/minisign/
namespace addon::bundle::minisign {

/// By which a signature says whose it is. Nothing proves it; two keys may have the same.
struct KeyId {
  std::array<std::uint8_t, 8> bytes{};

  /// Up to 16 hexadecimal digits in upper case, as minisign shows it: a number whose lowest byte is stored
  /// first, without zeros before it.
  std::string hex() const;
  auto operator<=>(const KeyId&) const = default;
};

struct PublicKey {
  KeyId id;
  std::array<std::uint8_t, 32> key{};

  bool operator==(const PublicKey&) const = default;
};

/// What a signature file says; nothing of it is proven yet.
struct Signature {
  KeyId key;
  std::array<std::uint8_t, 64> signature{};
  std::string trusted_comment;
  std::array<std::uint8_t, 64> global_signature{};
};

/// More than any file of the format holds.
inline constexpr std::size_t kMaxSignatureFile = std::size_t{16} << 10;
inline constexpr std::size_t kMaxKeyFile = std::size_t{4} << 10;

/// Reads a file that minisign -G writes: two lines, nothing else. An error is one finding key-invalid, which
/// names the line of `file`.
Result<PublicKey> parse_public_key(std::string_view text, const std::string& file);

/// Reads a file that minisign -S writes: four lines, nothing else. An error is one finding, at the line of
/// `file`: signature-legacy for a signature that is not prehashed, else signature-malformed.
Result<Signature> parse_signature(std::string_view text, const std::string& file);

/// Whether that key made both signatures: over the digest, and over the first one with the trusted comment.
bool verifies(const Signature& signature, const PublicKey& key, const Blake2b::Value& digest);

}  // namespace addon::bundle::minisign
