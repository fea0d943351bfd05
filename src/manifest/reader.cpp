#include "manifest/reader.hpp"

#include <fmt/format.h>

#include "core/text.hpp"

namespace addon::manifest {

Field Field::operator[](std::string_view key) const {
  Field field{node == nullptr ? nullptr : node->find(key), document::pointer_append(pointer, key), label};
  field.label += fmt::format("{}{}", label.empty() ? "" : ".", key);
  return field;
}

std::vector<Field> Field::items() const {
  std::vector<Field> fields;
  if (node == nullptr) return fields;
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    fields.push_back({&node->items[i], fmt::format("{}/{}", pointer, i), fmt::format("{}[{}]", label, i)});
  }
  return fields;
}

Reader::Reader(const document::Document& document, std::vector<Finding> known) : document_(document) {
  for (Finding& finding : known) report(std::move(finding));
}

bool Reader::is_sound(const Field& field) const { return field && !faulty_.contains(field.pointer); }

bool Reader::is_wholly_sound(const Field& field) const {
  const std::string below = field.pointer + "/";
  const auto next = faulty_.lower_bound(below);
  return is_sound(field) && (next == faulty_.end() || !next->starts_with(below));
}

const std::string* Reader::text(const Field& field) const {
  return is_sound(field) && field.node->is_string() ? &field.node->text : nullptr;
}

const std::string* Reader::plain_text(const Field& field) {
  const std::string* found = text(field);
  if (found == nullptr || !has_control_character(*found)) return found;
  report(rules::control_character, field,
         fmt::format("{} is {}, which has a control character in it", field.label, quoted(*found)),
         "remove the control character");
  return nullptr;
}

void Reader::report(const Rule& rule, const Field& field, std::string message, std::string fix) {
  Finding finding = make_finding(rule, std::move(message), span(field), field.pointer);
  finding.fix = std::move(fix);
  report(std::move(finding));
}

void Reader::report(Finding finding) {
  faulty_.insert(finding.pointer);
  findings_.push_back(std::move(finding));
}

std::vector<Finding> Reader::take_findings(const std::string& addon) && {
  for (Finding& finding : findings_) finding.addon = addon;
  sort_findings(findings_);
  return std::move(findings_);
}

}  // namespace addon::manifest
