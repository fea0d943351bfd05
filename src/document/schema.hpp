#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "document/node.hpp"

namespace addon::document {

/// A compiled JSON Schema (draft-07). Immutable: one may validate in many threads at once.
class Schema {
 public:
  /// Precondition: text is a schema of this project's own; a broken one is a bug (asserts).
  static Schema compile(std::string_view text);
  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;
  ~Schema();

  /// Gives plain scalars the type that the schema wants where it wants a string and nothing else
  /// that would take them: `version: 1.10` is "1.10", `name: no` is "no". null stays null.
  void resolve_strings(Document& document) const;

  /// Everything that is wrong with the document, one finding per cause at the deepest place, with
  /// file, line, column, pointer, and "did you mean" for an unknown key or enum value. Sorted, and at
  /// most 1000.
  /// Unknown keys point at the key; missing keys at the mapping that lacks them. Keys that start
  /// with "x-" are accepted at the top level of every schema.
  std::vector<Finding> validate(const Document& document) const;

 private:
  struct Compiled;
  explicit Schema(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

/// The schemas that are compiled in; each is compiled once, when it is first asked for.
const Schema& addon_manifest_schema();
const Schema& site_policy_schema();
const Schema& plan_schema();
const Schema& policy_test_schema();
const Schema& addon_override_schema();
const Schema& registry_schema();

/// The text of a compiled-in schema by its name ("addon-manifest", "site-policy", "addon-plan",
/// "addon-registry", "policy-test", "addon-override"), or "" for an unknown name.
std::string_view schema_text(std::string_view name);

/// The value as JSON. Integers beyond 64 bits and floats keep their text as strings.
Json to_json(const Node& node);
/// JSON as a document without positions: for validating what was never YAML text.
Document from_json(const Json& value, std::string file);

/// parse_yaml, resolve_strings and validate in one: a document that satisfies the schema, or all
/// findings.
Result<Document> load(std::string_view text, std::string file, const Schema& schema);

}  // namespace addon::document
