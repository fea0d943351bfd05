#include "bundle/minisign_secret.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "bundle/minisign_text.hpp"

namespace addon::bundle::minisign {

namespace {

// More than minisign asks for by default (2^25 operations, 1 GiB), but nothing that never ends.
constexpr std::uint64_t kMaxOperations = std::uint64_t{1} << 28;
constexpr std::uint64_t kMaxMemory = std::uint64_t{4} << 30;

tl::unexpected<Error> unusable(std::string why) {
  return tl::unexpected(Error(std::move(why), ErrorKind::invalid));
}

std::uint64_t little_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8U | bytes[i];
  return value;
}

template <std::size_t N>
std::string_view text_of(const std::array<std::uint8_t, N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

/// What is encrypted of a secret key.
struct SecretCore {
  std::array<std::uint8_t, 8> id;
  std::array<std::uint8_t, crypto_sign_ed25519_SECRETKEYBYTES> key;
  std::array<std::uint8_t, 32> checksum;
};

void wipe(std::string& text) {
  sodium_memzero(text.data(), text.size());
  text.clear();
}

struct SecretKey::Bytes {
  SecretCore core{};
  Bytes() = default;
  ~Bytes() { sodium_memzero(&core, sizeof core); }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
};

/// As it stands in the file; there is no padding, for all of it is bytes.
struct SecretKeyFile::Packed {
  struct Layout {
    std::array<std::uint8_t, 2> signs_by;
    std::array<std::uint8_t, 2> encrypted_by;
    std::array<std::uint8_t, 2> checked_by;
    std::array<std::uint8_t, crypto_pwhash_scryptsalsa208sha256_SALTBYTES> salt;
    std::array<std::uint8_t, 8> operations;
    std::array<std::uint8_t, 8> memory;
    SecretCore core;
  };
  Layout layout{};
  Packed() = default;
  ~Packed() { sodium_memzero(&layout, sizeof layout); }
  Packed(const Packed&) = delete;
  Packed& operator=(const Packed&) = delete;
};

SecretKey::SecretKey(std::unique_ptr<Bytes> bytes) : bytes_(std::move(bytes)) {}
SecretKey::~SecretKey() = default;
SecretKey::SecretKey(SecretKey&&) noexcept = default;
SecretKey& SecretKey::operator=(SecretKey&&) noexcept = default;
SecretKeyFile::SecretKeyFile(std::unique_ptr<Packed> packed) : packed_(std::move(packed)) {}
SecretKeyFile::~SecretKeyFile() = default;
SecretKeyFile::SecretKeyFile(SecretKeyFile&&) noexcept = default;
SecretKeyFile& SecretKeyFile::operator=(SecretKeyFile&&) noexcept = default;

Result<SecretKeyFile> SecretKeyFile::parse(std::string_view text) {
  prepare_sodium();
  const auto lines = text.size() > kMaxKeyFile ? std::nullopt : lines_of(text, 2);
  if (!lines || !is_comment((*lines)[0], kUntrusted, kMaxComment)) {
    return unusable("a secret key of minisign has two lines, the first a comment, and nothing after them");
  }
  auto packed = std::make_unique<Packed>();
  Packed::Layout& layout = packed->layout;
  static_assert(sizeof layout == 158 && alignof(Packed::Layout) == 1);
  if (!decode((*lines)[1], {reinterpret_cast<std::uint8_t*>(&layout), sizeof layout})) {
    return unusable("its second line is not a secret key in base64");
  }
  constexpr std::string_view none("\0\0", 2);
  if (text_of(layout.signs_by) != "Ed") return unusable("it is not a key of Ed25519");
  if (text_of(layout.encrypted_by) != "Sc" && text_of(layout.encrypted_by) != none) {
    return unusable("it is encrypted by another function than scrypt");
  }
  if (text_of(layout.checked_by) != "B2") return unusable("its checksum is not by BLAKE2b");
  return SecretKeyFile(std::move(packed));
}

bool SecretKeyFile::is_encrypted() const { return text_of(packed_->layout.encrypted_by) == "Sc"; }

namespace {

/// Applies the key stream that scrypt makes of the password; once more takes it off again.
Result<> apply_password(SecretCore& core, std::string_view password, std::span<const std::uint8_t> salt,
                        std::uint64_t operations, std::uint64_t memory) {
  if (operations > kMaxOperations || memory > kMaxMemory) {
    return unusable("it asks for more time or memory than any secret key of minisign does");
  }
  std::array<std::uint8_t, sizeof(SecretCore)> stream{};
  const int failed =
      crypto_pwhash_scryptsalsa208sha256(stream.data(), stream.size(), password.data(), password.size(),
                                         salt.data(), operations, static_cast<std::size_t>(memory));
  if (failed != 0) {
    return tl::unexpected(
        Error(fmt::format("there are not the {} MiB of memory that decrypting it takes", memory >> 20U)));
  }
  auto* bytes = reinterpret_cast<std::uint8_t*>(&core);
  for (std::size_t i = 0; i < stream.size(); ++i) bytes[i] ^= stream[i];
  sodium_memzero(stream.data(), stream.size());
  return {};
}

bool fits_checksum(const SecretCore& core) {
  std::array<std::uint8_t, 32> sum{};
  crypto_generichash_blake2b_state state;
  crypto_generichash_blake2b_init(&state, nullptr, 0, sum.size());
  crypto_generichash_blake2b_update(&state, reinterpret_cast<const unsigned char*>("Ed"), 2);
  crypto_generichash_blake2b_update(&state, core.id.data(), core.id.size());
  crypto_generichash_blake2b_update(&state, core.key.data(), core.key.size());
  crypto_generichash_blake2b_final(&state, sum.data(), sum.size());
  sodium_memzero(&state, sizeof state);
  return sodium_memcmp(sum.data(), core.checksum.data(), sum.size()) == 0;
}

/// An Ed25519 key ends with its public half. With another one, signatures would give the secret away.
bool is_whole(const SecretCore& core) {
  std::array<std::uint8_t, crypto_sign_ed25519_SEEDBYTES> seed{};
  std::array<std::uint8_t, crypto_sign_ed25519_PUBLICKEYBYTES> public_half{};
  std::array<std::uint8_t, crypto_sign_ed25519_SECRETKEYBYTES> again{};
  crypto_sign_ed25519_sk_to_seed(seed.data(), core.key.data());
  crypto_sign_ed25519_seed_keypair(public_half.data(), again.data(), seed.data());
  const bool same = sodium_memcmp(again.data(), core.key.data(), again.size()) == 0;
  sodium_memzero(seed.data(), seed.size());
  sodium_memzero(again.data(), again.size());
  return same;
}

}  // namespace

Result<SecretKey> SecretKeyFile::unlock(std::string_view password) const {
  auto bytes = std::make_unique<SecretKey::Bytes>();
  bytes->core = packed_->layout.core;
  if (is_encrypted()) {
    TRY(apply_password(bytes->core, password, packed_->layout.salt, little_endian(packed_->layout.operations),
                       little_endian(packed_->layout.memory)));
    if (!fits_checksum(bytes->core)) return unusable("the password is wrong, or the key is damaged");
  } else {
    // minisign 0.11 leaves the checksum of a key without a password empty.
    const auto& sum = bytes->core.checksum;
    if (sodium_is_zero(sum.data(), sum.size()) == 0 && !fits_checksum(bytes->core))
      return unusable("the key is damaged: its checksum does not fit");
  }
  if (!is_whole(bytes->core)) return unusable("the key is damaged: its two halves do not fit");
  return SecretKey(std::move(bytes));
}

PublicKey SecretKey::public_key() const {
  PublicKey key{{bytes_->core.id}, {}};
  crypto_sign_ed25519_sk_to_pk(key.key.data(), bytes_->core.key.data());
  return key;
}

Result<std::string> SecretKey::sign(const Blake2b::Value& digest, std::string_view trusted_comment) const {
  const std::string comment = std::string(kTrusted) + std::string(trusted_comment);
  if (!is_comment(comment, kTrusted, kMaxTrustedComment))
    return unusable("the trusted comment is too long, or cannot be shown");
  Signature made{{bytes_->core.id}, {}, std::string(trusted_comment), {}};
  const auto sign = [&](std::string_view text, std::array<std::uint8_t, 64>& signature) {
    crypto_sign_ed25519_detached(signature.data(), nullptr,
                                 reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                 bytes_->core.key.data());
  };
  sign(text_of(digest), made.signature);
  sign(std::string(text_of(made.signature)) + made.trusted_comment, made.global_signature);
  if (!verifies(made, public_key(), digest)) return unusable("the signature that it made does not verify");
  std::array<std::uint8_t, 74> packed{'E', 'D'};
  std::copy(made.key.bytes.begin(), made.key.bytes.end(), packed.begin() + 2);
  std::copy(made.signature.begin(), made.signature.end(), packed.begin() + 10);
  return fmt::format("{}signature by addonctl\n{}\n{}\n{}\n", kUntrusted, encode(packed), comment,
                     encode(made.global_signature));
}

}  // namespace addon::bundle::minisign
