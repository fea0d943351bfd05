#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "document/node.hpp"

namespace addon::manifest {

/// A value of the manifest and how to call it; empty where the manifest does not have it.
struct Field {
  const document::Node* node = nullptr;
  std::string pointer;
  std::string label;  ///< "requires.addons[0].version"

  explicit operator bool() const { return node != nullptr; }
  Field operator[](std::string_view key) const;
  /// The items of a list; none when it is something else.
  std::vector<Field> items() const;
};

/// Hands out a document's values to checks, and collects what they find. Values that something is
/// known to be wrong with are not handed out: one cause gives one finding.
class Reader {
 public:
  Reader(const document::Document& document, std::vector<Finding> known);

  Field root() const { return {&document_.root, "", ""}; }
  SourceSpan span(const Field& field) const { return document_.span(*field.node); }

  /// The text of a sound string, or null.
  const std::string* text(const Field& field) const;
  /// The same, but a control character in it is an error: for what ends up in a unit or a path.
  const std::string* plain_text(const Field& field);
  /// Whether the field is there and nothing is wrong with the value itself.
  bool is_sound(const Field& field) const;
  /// The same of the value and of everything in it.
  bool is_wholly_sound(const Field& field) const;

  void report(const Rule& rule, const Field& field, std::string message, std::string fix = {});
  void report(Finding finding);

  /// Everything, sorted, each with the add-on's name where that is known.
  std::vector<Finding> take_findings(const std::string& addon) &&;

 private:
  const document::Document& document_;
  std::vector<Finding> findings_;
  std::set<std::string, std::less<>> faulty_;
};

}  // namespace addon::manifest
