#include "document/schema.hpp"

#include <fmt/format.h>

#include <cassert>

#include "core/text.hpp"
#include "document/explain.hpp"
#include "document/shape.hpp"
#include "document/validator.hpp"
#include "document/yaml.hpp"

namespace addon::document {

namespace {
// Private keys never reach valijson, and it would compile the pattern anew for every document.
Json without_private_keys(Json schema) {
  schema.erase("patternProperties");
  return schema;
}
}  // namespace

struct Schema::Compiled {
  explicit Compiled(Json text) : json(without_private_keys(std::move(text))), shapes(json), validator(json) {}

  Json json;
  Shapes shapes;
  Validator validator;
};

Schema::Schema(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

Schema Schema::compile(std::string_view text) {
  Result<Json> json = parse_json(text, "schema");
  assert(json.has_value());
  return Schema(std::make_unique<Compiled>(*std::move(json)));
}

void Schema::resolve_strings(Document& document) const {
  document::resolve_strings(compiled_->shapes.root(), document.root);
}

std::vector<Finding> Schema::validate(const Document& document) const {
  const Shape& root = compiled_->shapes.root();
  const Json value = to_bounded_json(root, document.root);
  if (compiled_->validator.accepts(value)) return {};
  const Validator::Complaints complaints = compiled_->validator.complaints(value);
  std::vector<Finding> findings;
  for (const Place& place : complaints.places) {
    if (findings.size() >= most_findings) break;
    explain_place(document, root, place, findings);
  }
  if (findings.empty()) {
    std::string pointer;
    for (const std::string& step : complaints.deepest) pointer = pointer_append(pointer, step);
    findings.push_back(
        make_finding(rules::schema_other,
                     fmt::format("{} breaks the schema: {}", label_of(document.root, complaints.deepest),
                                 printable(complaints.description)),
                     document.span(*locate(document.root, pointer).node), pointer));
  }
  sort_findings(findings);
  if (findings.size() > most_findings) findings.resize(most_findings);
  return findings;
}

Result<Document> load(std::string_view text, std::string file, const Schema& schema) {
  Document document = TRY(parse_yaml(text, std::move(file)));
  schema.resolve_strings(document);
  std::vector<Finding> findings = schema.validate(document);
  if (!findings.empty()) return tl::unexpected(Error::of(std::move(findings)));
  return document;
}

}  // namespace addon::document
