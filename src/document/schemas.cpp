// The schemas of schemas/, compiled in.
#include "document/schema.hpp"

namespace addon {

// Made from the files by embed_text, see CMakeLists.txt.
namespace embedded {
extern const std::string_view addon_manifest_schema_json;
extern const std::string_view site_policy_schema_json;
extern const std::string_view addon_plan_schema_json;
extern const std::string_view policy_test_schema_json;
extern const std::string_view addon_override_schema_json;
extern const std::string_view addon_registry_schema_json;
}  // namespace embedded

namespace document {

const Schema& addon_manifest_schema() {
  static const Schema schema = Schema::compile(embedded::addon_manifest_schema_json);
  return schema;
}

const Schema& site_policy_schema() {
  static const Schema schema = Schema::compile(embedded::site_policy_schema_json);
  return schema;
}

const Schema& plan_schema() {
  static const Schema schema = Schema::compile(embedded::addon_plan_schema_json);
  return schema;
}

const Schema& policy_test_schema() {
  static const Schema schema = Schema::compile(embedded::policy_test_schema_json);
  return schema;
}

const Schema& addon_override_schema() {
  static const Schema schema = Schema::compile(embedded::addon_override_schema_json);
  return schema;
}

const Schema& registry_schema() {
  static const Schema schema = Schema::compile(embedded::addon_registry_schema_json);
  return schema;
}

std::string_view schema_text(std::string_view name) {
  if (name == "addon-manifest") return embedded::addon_manifest_schema_json;
  if (name == "site-policy") return embedded::site_policy_schema_json;
  if (name == "addon-plan") return embedded::addon_plan_schema_json;
  if (name == "addon-registry") return embedded::addon_registry_schema_json;
  if (name == "policy-test") return embedded::policy_test_schema_json;
  if (name == "addon-override") return embedded::addon_override_schema_json;
  return {};
}

}  // namespace document
}  // namespace addon
