#include "bundle/minisign.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "bundle/minisign_text.hpp"
#include "core/finding.hpp"
#include "core/text.hpp"

namespace addon::bundle::minisign {

static_assert(sizeof(Signature::signature) == crypto_sign_ed25519_BYTES);
static_assert(sizeof(PublicKey::key) == crypto_sign_ed25519_PUBLICKEYBYTES);

void prepare_sodium() { [[maybe_unused]] static const int ready = sodium_init(); }

// As a number, the lowest byte first, without zeros before it.
std::string KeyId::hex() const {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) number = number << 8U | bytes[i];
  return fmt::format("{:X}", number);
}

std::string encode(std::span<const std::uint8_t> bytes) {
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();  // the terminating zero
  return text;
}

bool decode(std::string_view text, std::span<std::uint8_t> bytes) {
  std::size_t length = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length,
                                       &end, sodium_base64_VARIANT_ORIGINAL);
  return failed == 0 && length == bytes.size() && end == text.data() + text.size() && encode(bytes) == text;
}

std::optional<std::vector<std::string_view>> lines_of(std::string_view text, std::size_t count) {
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() <= count) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (lines.size() != count || !text.empty()) return std::nullopt;
  return lines;
}

bool is_comment(std::string_view line, std::string_view prefix, std::size_t limit) {
  if (!line.starts_with(prefix) || line.size() > limit || !is_utf8(line)) return false;
  std::string shown(line);
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  return !has_control_character(shown);
}

namespace {

tl::unexpected<Error> wrong(const Rule& rule, const std::string& file, int line, std::string why,
                            std::string fix) {
  Finding finding = make_finding(rule, std::move(why), {file, line, 0});
  finding.fix = std::move(fix);
  return tl::unexpected(Error::of({std::move(finding)}));
}

/// An algorithm of two letters, a key id, and a key or signature.
template <std::size_t N>
struct Packed {
  static constexpr std::size_t kHead = 10;
  std::array<std::uint8_t, kHead + N> bytes{};

  std::string_view algorithm() const { return {reinterpret_cast<const char*>(bytes.data()), 2}; }
  KeyId key() const {
    KeyId id;
    std::copy_n(bytes.begin() + 2, id.bytes.size(), id.bytes.begin());
    return id;
  }
  std::array<std::uint8_t, N> rest() const {
    std::array<std::uint8_t, N> rest{};
    std::copy_n(bytes.begin() + kHead, N, rest.begin());
    return rest;
  }
};

tl::unexpected<Error> wrong_key(const std::string& file, int line, std::string why) {
  return wrong(rules::key_invalid, file, line, std::move(why),
               "copy the .pub file anew from whoever made the key, or remove it");
}

tl::unexpected<Error> malformed(const std::string& file, int line, std::string why) {
  return wrong(rules::signature_malformed, file, line, std::move(why),
               "get the signature again from whoever made it, or sign the bundle anew");
}

}  // namespace

Result<PublicKey> parse_public_key(std::string_view text, const std::string& file) {
  prepare_sodium();
  if (text.size() > kMaxKeyFile) return wrong_key(file, 0, "it is too large for a public key");
  const auto lines = lines_of(text, 2);
  if (!lines) return wrong_key(file, 0, "a public key has two lines, and nothing after them");
  if (!is_comment((*lines)[0], kUntrusted, kMaxComment)) {
    return wrong_key(file, 1, fmt::format("the first line does not begin with {}", quoted(kUntrusted)));
  }
  Packed<sizeof(PublicKey::key)> packed;
  if (!decode((*lines)[1], packed.bytes))
    return wrong_key(file, 2, "the second line is not a public key in base64");
  if (packed.algorithm() != "Ed") return wrong_key(file, 2, "the key is not one of Ed25519");
  return PublicKey{packed.key(), packed.rest()};
}

Result<Signature> parse_signature(std::string_view text, const std::string& file) {
  prepare_sodium();
  if (text.size() > kMaxSignatureFile) return malformed(file, 0, "it is too large for a signature");
  const auto lines = lines_of(text, 4);
  if (!lines) return malformed(file, 0, "a signature has four lines, and nothing after them");
  if (!is_comment((*lines)[0], kUntrusted, kMaxComment)) {
    return malformed(file, 1, fmt::format("the first line does not begin with {}", quoted(kUntrusted)));
  }
  Packed<sizeof(Signature::signature)> packed;
  if (!decode((*lines)[1], packed.bytes))
    return malformed(file, 2, "the second line is not a signature in base64");
  if (packed.algorithm() == "Ed") {
    return wrong(rules::signature_legacy, file, 2,
                 "the signature is a legacy one, over the bytes themselves and not over their digest",
                 "sign with minisign 0.8 or later without -l, or with addonctl bundle sign");
  }
  if (packed.algorithm() != "ED")
    return malformed(file, 2, "the signature is by another algorithm than Ed25519");
  if (!is_comment((*lines)[2], kTrusted, kMaxTrustedComment)) {
    return malformed(
        file, 3, fmt::format("the third line does not begin with {}, or cannot be shown", quoted(kTrusted)));
  }
  Signature signature{packed.key(), packed.rest(), std::string((*lines)[2].substr(kTrusted.size())), {}};
  if (!decode((*lines)[3], signature.global_signature)) {
    return malformed(file, 4, "the fourth line is not a signature in base64");
  }
  return signature;
}

bool verifies(const Signature& signature, const PublicKey& key, const Blake2b::Value& digest) {
  prepare_sodium();
  if (signature.key != key.id) return false;
  std::string covered(reinterpret_cast<const char*>(signature.signature.data()), signature.signature.size());
  covered += signature.trusted_comment;
  return crypto_sign_ed25519_verify_detached(signature.signature.data(), digest.data(), digest.size(),
                                             key.key.data()) == 0 &&
         crypto_sign_ed25519_verify_detached(signature.global_signature.data(),
                                             reinterpret_cast<const unsigned char*>(covered.data()),
                                             covered.size(), key.key.data()) == 0;
}

}  // namespace addon::bundle::minisign
