#include "document/shape.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "document/scalar.hpp"

namespace addon::document {

namespace {
// For texts and lists that no constraint looks into; nothing is lost by a cut.
constexpr std::size_t unread_length = 64;
constexpr std::size_t unread_items = 1;

template <class T>
void read(const Json& schema, const char* key, T& into) {
  if (const auto found = schema.find(key); found != schema.end())
    into = found->get<typename std::decay_t<T>>();
}

template <class T>
void read(const Json& schema, const char* key, std::optional<T>& into) {
  if (const auto found = schema.find(key); found != schema.end()) into = found->get<T>();
}

void read_types(const Json& schema, Shape& shape) {
  if (const auto type = schema.find("type"); type != schema.end()) {
    if (type->is_array()) {
      shape.types = type->get<std::vector<std::string>>();
    } else {
      shape.types = {type->get<std::string>()};
    }
  }
}

bool is_scalar(NodeType type) { return type != NodeType::sequence && type != NodeType::mapping; }

enum class Level { top, nested };

void resolve(const Shape& shape, Node& node, Level level) {
  if (node.type == NodeType::mapping) {
    const Shape& chosen = shape.for_type(node.type);
    for (Member& member : node.members) {
      if (level == Level::top && is_private_key(member.key)) continue;
      if (const Shape* inner = chosen.property(member.key)) resolve(*inner, member.value, Level::nested);
    }
  } else if (node.type == NodeType::sequence) {
    const Shape& chosen = shape.for_type(node.type);
    if (chosen.items == nullptr) return;
    for (Node& item : node.items) resolve(*chosen.items, item, Level::nested);
  } else if (node.plain && node.type != NodeType::string && node.type != NodeType::null) {
    if (!shape.allows_type(node.type) && shape.allows_type(NodeType::string)) node.type = NodeType::string;
  }
}

std::string cut(const std::string& text, std::size_t most) {
  // In bytes: never fewer than one code point more than the limit, each having at most four.
  return text.substr(0, most * 4 + 4);
}

// A pattern comes with a limit (see make), an enum's words are short.
std::size_t length_to_check(const Shape* shape) {
  if (shape == nullptr) return unread_length;
  return shape->max_length.value_or(std::max(unread_length, shape->min_length));
}

std::size_t items_to_check(const Shape* shape) {
  if (shape == nullptr) return unread_items;
  if (shape->max_items) return *shape->max_items + 1;
  return shape->items == nullptr ? std::max(unread_items, shape->min_items)
                                 : std::numeric_limits<std::size_t>::max();
}

Json scalar_json(const Shape* shape, const Node& node) {
  switch (node.type) {
    case NodeType::boolean:
      return node.as_bool();
    case NodeType::integer:
      return node.as_integer();
    case NodeType::number:
      return number_value(node.text);
    case NodeType::string:
      return cut(node.text, length_to_check(shape));
    default:
      return nullptr;
  }
}

Json bounded(const Shape* shape, const Node& node, Level level) {
  const Shape* chosen = shape == nullptr ? nullptr : &shape->for_type(node.type);
  if (is_scalar(node.type)) return scalar_json(chosen, node);
  if (node.type == NodeType::sequence) {
    Json out = Json::array();
    const Shape* inner = chosen == nullptr ? nullptr : chosen->items;
    const std::size_t count = std::min(node.items.size(), items_to_check(chosen));
    for (std::size_t i = 0; i < count; ++i) out.push_back(bounded(inner, node.items[i], Level::nested));
    return out;
  }
  Json out = Json::object();
  for (const Member& member : node.members) {
    if (level == Level::top && is_private_key(member.key)) continue;
    const Shape* inner = chosen == nullptr ? nullptr : chosen->property(member.key);
    out.emplace(member.key, bounded(inner, member.value, Level::nested));
  }
  return out;
}
}  // namespace

bool is_private_key(std::string_view key) { return key.starts_with("x-"); }

std::string_view type_name(NodeType type) {
  switch (type) {
    case NodeType::null:
      return "null";
    case NodeType::boolean:
      return "boolean";
    case NodeType::integer:
      return "integer";
    case NodeType::number:
      return "number";
    case NodeType::string:
      return "string";
    case NodeType::sequence:
      return "array";
    case NodeType::mapping:
      return "object";
  }
  return "";
}

const Shape* Shape::property(std::string_view key) const {
  const auto found =
      std::lower_bound(properties.begin(), properties.end(), key,
                       [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  return found != properties.end() && found->first == key ? found->second : additional;
}

bool Shape::allows_type(NodeType type) const {
  if (!alternatives.empty()) {
    return std::any_of(alternatives.begin(), alternatives.end(),
                       [&](const Shape* shape) { return shape->allows_type(type); });
  }
  const std::string_view name = type_name(type);
  return types.empty() || std::find(types.begin(), types.end(), name) != types.end() ||
         (type == NodeType::integer && std::find(types.begin(), types.end(), "number") != types.end());
}

const Shape& Shape::for_type(NodeType type) const {
  for (const Shape* shape : alternatives) {
    if (shape->allows_type(type)) return shape->for_type(type);
  }
  return *this;
}

const Shape* Shapes::refer(const std::string& pointer) {
  const auto found = referred_.find(pointer);
  if (found != referred_.end()) return found->second;
  const Shape* shape = make(schema_.at(Json::json_pointer(pointer.substr(1))));
  referred_.emplace(pointer, shape);
  return shape;
}

void Shapes::fill_object(Shape& shape, const Json& schema) {
  read(schema, "required", shape.required);
  if (const auto properties = schema.find("properties"); properties != schema.end()) {
    // nlohmann's objects are sorted by key, as property() needs them.
    for (const auto& [key, value] : properties->items()) shape.properties.emplace_back(key, make(value));
  }
  if (const auto additional = schema.find("additionalProperties"); additional != schema.end()) {
    if (additional->is_boolean()) {
      shape.is_closed = !additional->get<bool>();
    } else {
      shape.additional = make(*additional);
    }
  }
}

const Shape* Shapes::make(const Json& schema) {
  if (const auto reference = schema.find("$ref"); reference != schema.end())
    return refer(reference->get<std::string>());
  Shape& shape = all_.emplace_back();
  read_types(schema, shape);
  read(schema, "enum", shape.values);
  read(schema, "pattern", shape.pattern);
  read(schema, "x-expected", shape.expected);
  if (const auto rule = schema.find("x-rule"); rule != schema.end()) {
    shape.pattern_rule = find_rule(rule->get<std::string>());
    assert(shape.pattern_rule != nullptr);
  }
  read(schema, "minimum", shape.minimum);
  read(schema, "maximum", shape.maximum);
  read(schema, "minLength", shape.min_length);
  read(schema, "maxLength", shape.max_length);
  read(schema, "minItems", shape.min_items);
  read(schema, "maxItems", shape.max_items);
  read(schema, "uniqueItems", shape.unique_items);
  // Else the check would take time and stack in proportion to a hostile document.
  assert(shape.pattern.empty() || shape.max_length);
  assert(!shape.unique_items || shape.max_items);
  fill_object(shape, schema);
  if (const auto items = schema.find("items"); items != schema.end()) shape.items = make(*items);
  for (const char* const key : {"oneOf", "anyOf"}) {
    if (const auto inner = schema.find(key); inner != schema.end()) {
      for (const Json& alternative : *inner) shape.alternatives.push_back(make(alternative));
    }
  }
  return &shape;
}

void resolve_strings(const Shape& shape, Node& root) { resolve(shape, root, Level::top); }

Json to_bounded_json(const Shape& shape, const Node& root) { return bounded(&shape, root, Level::top); }

}  // namespace addon::document
