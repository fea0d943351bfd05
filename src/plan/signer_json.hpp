#pragma once

#include "bundle/signature.hpp"
#include "core/json.hpp"
#include "core/result.hpp"

namespace addon::plan {

/// {"key", "key_id", "trusted_comment"}
Json to_json(const bundle::Signer& signer);
/// The inverse; an error names what is missing.
Result<bundle::Signer> signer_from_json(const Json& json);

}  // namespace addon::plan
