#include "core/digest.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <new>

#include "core/text.hpp"

namespace addon {
inline namespace core {

// With a name, since members of classes are of it.
namespace hashing {
struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, Free>;
}  // namespace hashing

namespace {
struct FreeAlgorithm {
  void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
};

// EVP's calls fail here only for want of memory, which is reported as everywhere else in C++.
void require(bool succeeded) {
  if (!succeeded) throw std::bad_alloc();
}

// OPENSSL_CONF of whoever called us may name modules to load: it must not run code as root, nor
// choose how root hashes. The first call to OpenSSL settles whether its configuration is read.
EVP_MD* fetch(const char* name) {
  require(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1);
  return EVP_MD_fetch(nullptr, name, nullptr);
}

// Fetching costs more than hashing a small file, so it is done once.
const EVP_MD* sha256() {
  static const std::unique_ptr<EVP_MD, FreeAlgorithm> algorithm(fetch("SHA256"));
  require(algorithm != nullptr);
  return algorithm.get();
}

const EVP_MD* blake2b512() {
  static const std::unique_ptr<EVP_MD, FreeAlgorithm> algorithm(fetch("BLAKE2B-512"));
  require(algorithm != nullptr);
  return algorithm.get();
}

hashing::Context begin(const EVP_MD* algorithm) {
  hashing::Context context(EVP_MD_CTX_new());
  require(context != nullptr && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1);
  return context;
}

void hash(EVP_MD_CTX* context, std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view algorithm_prefix = "sha256:";
}  // namespace

struct Sha256::Context {
  hashing::Context evp;
};

Sha256::Sha256() : context_(std::make_unique<Context>(Context{begin(sha256())})) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) { hash(context_->evp.get(), bytes); }

Digest Sha256::finish() {
  std::array<std::uint8_t, 32> bytes{};
  require(EVP_DigestFinal_ex(context_->evp.get(), bytes.data(), nullptr) == 1);
  return Digest(bytes);
}

struct Blake2b::Context {
  hashing::Context evp;
};

Blake2b::Blake2b() : context_(std::make_unique<Context>(Context{begin(blake2b512())})) {}
Blake2b::~Blake2b() = default;
Blake2b::Blake2b(Blake2b&&) noexcept = default;
Blake2b& Blake2b::operator=(Blake2b&&) noexcept = default;

void Blake2b::update(std::span<const std::byte> bytes) { hash(context_->evp.get(), bytes); }

Blake2b::Value Blake2b::finish() {
  Value value{};
  require(EVP_DigestFinal_ex(context_->evp.get(), value.data(), nullptr) == 1);
  return value;
}

Blake2b::Value Blake2b::of(std::string_view bytes) {
  Blake2b hash;
  hash.update(std::as_bytes(std::span(bytes)));
  return hash.finish();
}

Digest Digest::of(std::string_view bytes) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(bytes)));
  return hash.finish();
}

Result<Digest> Digest::parse(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with(algorithm_prefix)) digits.remove_prefix(algorithm_prefix.size());
  std::array<std::uint8_t, 32> bytes{};
  if (digits.size() != 2 * bytes.size() || digits.find_first_not_of(hex_digits) != std::string_view::npos) {
    return tl::unexpected(Error(
        fmt::format("{} is not a SHA-256: use 64 lower-case hexadecimal digits, as sha256sum prints them",
                    quoted(text)),
        ErrorKind::invalid));
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t high = hex_digits.find(digits[2 * i]);
    const std::size_t low = hex_digits.find(digits[2 * i + 1]);
    bytes[i] = static_cast<std::uint8_t>(high << 4U | low);
  }
  return Digest(bytes);
}

std::string Digest::hex() const {
  std::string text;
  text.reserve(2 * bytes_.size());
  for (const std::uint8_t byte : bytes_) {
    text += hex_digits[byte >> 4U];
    text += hex_digits[byte & 0x0fU];
  }
  return text;
}

}  // namespace core
}  // namespace addon
