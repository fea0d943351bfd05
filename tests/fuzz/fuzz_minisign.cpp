// Files of minisign: what is no key or signature is refused and says nothing of a secret; only the signature
// that a key made is believed; and what a secret key signs its public key verifies.
#include "bundle/minisign.hpp"
#include "bundle/minisign_secret.hpp"
#include "fuzz/property.hpp"

namespace addon::fuzz {

namespace {

namespace minisign = bundle::minisign;

// Of a seed of zeros, and its signature of the text "fuzz": corpus/minisign/public and signature.
constexpr const char* public_key =
    "untrusted comment: of a seed of zeros\nRWRmdXp6ZnV6ejtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop\n";
constexpr const char* good_signature =
    "untrusted comment: by a seed of "
    "zeros\nRURmdXp6ZnV6eg5B28dKZ6vQSc9NY0KS6THFbtewBvX3KTVvMEDPL792v3AvHyDKWKz9cHKscKcU99iVI6gg0TeYJ2TSqq1ug"
    "QY=\ntrusted comment: id:probe "
    "version:1.0.0\nnbZg3ONkZqgpf6WnfrHrTuXn1/"
    "DFa4q79zzJ6pNxRLrOinxWJpkrej0bkdbuGCPKpR0bxD3guivnflZcHAmqBQ==\n";

const Blake2b::Value& signed_digest() {
  static const Blake2b::Value digest = Blake2b::of("fuzz");
  return digest;
}

bool is_plain(std::string_view comment) { return comment.find_first_of("\r\n") == std::string_view::npos; }

bool is_base64(std::string_view text) {
  return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") ==
         std::string_view::npos;
}

void check_signature(const minisign::Signature& signature) {
  static const minisign::PublicKey key = *minisign::parse_public_key(public_key, "public");
  static const minisign::Signature good = *minisign::parse_signature(good_signature, "signature");
  must(minisign::verifies(good, key, signed_digest()), "the signature of the key is one");
  must(is_plain(signature.trusted_comment), "a trusted comment is one line", signature.trusted_comment);
  if (!minisign::verifies(signature, key, signed_digest())) return;
  must(signature.signature == good.signature && signature.global_signature == good.global_signature &&
           signature.trusted_comment == good.trusted_comment,
       "what is believed is what was signed", signature.trusted_comment);
}

void check_secret(const minisign::SecretKeyFile& file) {
  // What is encrypted takes a password, seconds and a GiB.
  if (file.is_encrypted()) return;
  const auto key = file.unlock("");
  if (!key) return check_error(key.error(), "", Place::optional);
  const auto text = key->sign(signed_digest(), "id:probe version:1.0.0");
  must(text.has_value(), "a key signs");
  const auto signature = minisign::parse_signature(*text, "signature");
  must(signature.has_value(), "what is signed can be read", *text);
  must(minisign::verifies(*signature, key->public_key(), signed_digest()), "what is signed is verified");
  must(!minisign::verifies(*signature, key->public_key(), Blake2b::of("other")),
       "what is not signed is not verified");
}

void check_refusal(const Error& error, std::string_view text) {
  must(error.kind() == ErrorKind::invalid, "what cannot be read is invalid", error.message());
  check_error(error, text, Place::optional);
}

void look_at(std::string_view text) {
  const auto key = minisign::parse_public_key(text, "key.pub");
  if (!key) check_refusal(key.error(), text);
  const auto signature = minisign::parse_signature(text, "bundle.minisig");
  if (signature)
    check_signature(*signature);
  else
    check_refusal(signature.error(), text);
  const auto secret = minisign::SecretKeyFile::parse(text);
  if (secret) return check_secret(*secret);
  must(secret.error().kind() == ErrorKind::invalid, "what cannot be read is invalid");
  const auto begin = text.find('\n');
  const std::string_view line = begin == std::string_view::npos ? text : text.substr(begin + 1, 32);
  must(line.size() < 32 || !is_base64(line) || words_of(secret.error()).find(line) == std::string::npos,
       "an error tells no secret");
}

}  // namespace

}  // namespace addon::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  addon::fuzz::look_at(addon::fuzz::text_of(data, size));
  return 0;
}
