#include "service/wire_signature.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/text.hpp"

namespace addon::service {

template <std::size_t N>
void wire(WireWriter& writer, const std::array<std::uint8_t, N>& bytes) {
  for (const std::uint8_t byte : bytes) writer.number(byte);
}
template <std::size_t N>
void wire(WireReader& reader, std::array<std::uint8_t, N>& bytes) {
  for (std::uint8_t& byte : bytes) wire_number(reader, byte, 0xff);
}

template <class V, Is<bundle::minisign::Signature> T>
void wire(V& visitor, T& signature) {
  auto& [key, first, trusted_comment, global_signature] = signature;
  wire_all(visitor, key.bytes, first, trusted_comment, global_signature);
}

SignatureAnswer SignatureAnswer::of(const Result<bundle::minisign::Signature>& read) {
  if (read) return {*read, {}};
  return {std::nullopt, read.error().findings()};
}

void wire(WireWriter& writer, const SignatureAnswer& answer) {
  wire_all(writer, answer.signature, answer.findings);
}

namespace {

// It is shown, and recorded: one line, in which a tab may be.
bool is_line(std::string text) {
  std::replace(text.begin(), text.end(), '\t', ' ');
  return is_utf8(text) && !has_control_character(text);
}

}  // namespace

void wire(WireReader& reader, SignatureAnswer& answer) {
  wire_all(reader, answer.signature, answer.findings);
  if (reader.failed()) return;
  const bool is_sound =
      answer.signature ? is_line(answer.signature->trusted_comment) : has_errors(answer.findings);
  if (!is_sound) reader.fail();
}

}  // namespace addon::service
