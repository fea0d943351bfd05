// Between documents and plain JSON values.
#include "document/scalar.hpp"
#include "document/schema.hpp"

namespace addon::document {

Json to_json(const Node& node) {
  switch (node.type) {
    case NodeType::null:
      return nullptr;
    case NodeType::boolean:
      return node.as_bool();
    case NodeType::integer: {
      const IntegerValue number = integer_value(node.text);
      return number.fits ? Json(number.value) : Json(node.text);
    }
    case NodeType::number:
    case NodeType::string:
      return node.text;
    case NodeType::sequence: {
      Json out = Json::array();
      for (const Node& item : node.items) out.push_back(to_json(item));
      return out;
    }
    case NodeType::mapping: {
      Json out = Json::object();
      for (const Member& member : node.members) out.emplace(member.key, to_json(member.value));
      return out;
    }
  }
  return nullptr;
}

namespace {
Node node_from(const Json& value) {
  Node node;
  if (value.is_object()) {
    node.type = NodeType::mapping;
    for (const auto& [key, inner] : value.items()) node.members.push_back({key, {}, node_from(inner)});
  } else if (value.is_array()) {
    node.type = NodeType::sequence;
    for (const Json& inner : value) node.items.push_back(node_from(inner));
  } else if (value.is_string()) {
    node.type = NodeType::string;
    node.text = value.get<std::string>();
  } else {
    node.text = value.dump();
    node.type = value.is_null()             ? NodeType::null
                : value.is_boolean()        ? NodeType::boolean
                : value.is_number_integer() ? NodeType::integer
                                            : NodeType::number;
  }
  return node;
}
}  // namespace

Document from_json(const Json& value, std::string file) { return {std::move(file), node_from(value)}; }

}  // namespace addon::document
