#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.hpp"
#include "core/rules.hpp"
#include "document/node.hpp"

namespace addon::document {

/// What a schema says about one place, in a form that is quick to walk beside a document. valijson
/// decides whether a document is valid; this serves what valijson does not: typing plain scalars,
/// handing over no more of a hostile document than its limits allow, and wording findings.
struct Shape {
  std::vector<std::string> types;  ///< JSON Schema's names; empty: any
  std::vector<Json> values;        ///< enum
  std::string pattern;
  std::string expected;                ///< "x-expected": what is wanted, for a reader
  const Rule* pattern_rule = nullptr;  ///< "x-rule": whom a pattern's violation belongs to
  std::optional<std::int64_t> minimum;
  std::optional<std::int64_t> maximum;
  std::size_t min_length = 0;
  std::optional<std::size_t> max_length;
  std::size_t min_items = 0;
  std::optional<std::size_t> max_items;
  bool unique_items = false;
  std::vector<std::string> required;
  std::vector<std::pair<std::string, const Shape*>> properties;
  bool is_closed = false;             ///< no other properties
  const Shape* additional = nullptr;  ///< the shape of other properties
  const Shape* items = nullptr;
  std::vector<const Shape*> alternatives;  ///< oneOf or anyOf, told apart by type

  const Shape* property(std::string_view key) const;
  bool allows_type(NodeType type) const;
  /// The one of the alternatives that is meant for such a value; this shape where there are none.
  const Shape& for_type(NodeType type) const;
};

/// The shapes of a schema; places point into it.
class Shapes {
 public:
  explicit Shapes(const Json& schema) : schema_(schema) { root_ = make(schema); }
  const Shape& root() const { return *root_; }

 private:
  const Shape* make(const Json& schema);
  void fill_object(Shape& shape, const Json& schema);
  const Shape* refer(const std::string& pointer);

  const Json& schema_;
  std::deque<Shape> all_;
  std::map<std::string, const Shape*, std::less<>> referred_;
  const Shape* root_ = nullptr;
};

/// Keys that the author keeps to themselves: "x-anything" at the top level.
bool is_private_key(std::string_view key);

/// See Schema::resolve_strings.
void resolve_strings(const Shape& shape, Node& root);

/// The document as JSON for valijson: without private keys, and texts and lists that are over
/// their limit cut to one more than it, so that patterns and comparisons stay cheap.
Json to_bounded_json(const Shape& shape, const Node& root);

/// JSON Schema's name of a node's type.
std::string_view type_name(NodeType type);

}  // namespace addon::document
