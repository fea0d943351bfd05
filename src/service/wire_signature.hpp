#pragma once

#include <optional>
#include <vector>

#include "bundle/minisign.hpp"
#include "core/result.hpp"
#include "service/wire.hpp"

namespace addon::service {

/// What minisign::parse_signature() said: one or the other.
struct SignatureAnswer {
  std::optional<bundle::minisign::Signature> signature{};
  std::vector<Finding> findings{};

  static SignatureAnswer of(const Result<bundle::minisign::Signature>& read);
};

void wire(WireWriter& writer, const SignatureAnswer& answer);
void wire(WireReader& reader, SignatureAnswer& answer);

}  // namespace addon::service
