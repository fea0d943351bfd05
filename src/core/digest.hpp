#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace addon {
inline namespace core {

/// A SHA-256 (FIPS 180-4).
class Digest {
 public:
  Digest() = default;
  explicit Digest(const std::array<std::uint8_t, 32>& bytes) : bytes_(bytes) {}

  static Digest of(std::string_view bytes);
  /// From 64 lower-case hexadecimal digits, with or without "sha256:" before them.
  static Result<Digest> parse(std::string_view text);

  std::string hex() const;
  /// "sha256:" and 64 hexadecimal digits: the form in JSON.
  std::string str() const { return "sha256:" + hex(); }
  auto operator<=>(const Digest&) const = default;

 private:
  std::array<std::uint8_t, 32> bytes_{};
};

/// Hashes a stream.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> bytes);
  /// The digest of all that was given. The object is spent.
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Hashes a stream with BLAKE2b to 64 bytes (RFC 7693): what minisign signs.
class Blake2b {
 public:
  using Value = std::array<std::uint8_t, 64>;

  Blake2b();
  ~Blake2b();
  Blake2b(Blake2b&&) noexcept;
  Blake2b& operator=(Blake2b&&) noexcept;

  void update(std::span<const std::byte> bytes);
  /// The hash of all that was given. The object is spent.
  Value finish();

  static Value of(std::string_view bytes);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace core
}  // namespace addon
