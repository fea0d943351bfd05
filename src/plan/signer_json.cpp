#include "plan/signer_json.hpp"

#include <utility>

#include "plan/json_fields.hpp"

namespace addon::plan {

Json to_json(const bundle::Signer& signer) {
  return {{"key", signer.key}, {"key_id", signer.key_id}, {"trusted_comment", signer.trusted_comment}};
}

Result<bundle::Signer> signer_from_json(const Json& json) {
  std::string key = TRY(text_field(json, "key"));
  std::string key_id = TRY(text_field(json, "key_id"));
  std::string trusted_comment = TRY(text_field(json, "trusted_comment"));
  return bundle::Signer{std::move(key), std::move(key_id), std::move(trusted_comment)};
}

}  // namespace addon::plan
