#include "cli/json_view.hpp"

#include "cli/terminal.hpp"

namespace addon::cli {

const Json& member(const Json& object, std::string_view key) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

std::string text(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  return value.is_string() ? one_line(value.get_ref<const std::string&>()) : std::string();
}

std::int64_t number(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

bool flag(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  return value.is_boolean() && value.get<bool>();
}

const Json& items(const Json& object, std::string_view key) {
  static const Json none = Json::array();
  const Json& value = member(object, key);
  return value.is_array() ? value : none;
}

std::vector<std::string> texts(const Json& object, std::string_view key) {
  std::vector<std::string> found;
  for (const Json& value : items(object, key)) {
    if (value.is_string()) found.push_back(one_line(value.get_ref<const std::string&>()));
  }
  return found;
}

}  // namespace addon::cli
