#include "plan/json_fields.hpp"

#include <fmt/format.h>

namespace addon::plan {

namespace {
const Json* find(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

auto wrong(const char* name, const char* wanted) {
  return tl::unexpected(Error(fmt::format("\"{}\" is missing or not {}", name, wanted)));
}
}  // namespace

Result<std::string> text_field(const Json& object, const char* name) {
  const Json* field = find(object, name);
  if (field == nullptr || !field->is_string()) return wrong(name, "text");
  return field->get<std::string>();
}

Result<std::uint64_t> number_field(const Json& object, const char* name) {
  const Json* field = find(object, name);
  if (field == nullptr || !field->is_number_unsigned()) return wrong(name, "a whole number");
  return field->get<std::uint64_t>();
}

Result<const Json*> array_field(const Json& object, const char* name) {
  const Json* field = find(object, name);
  if (field == nullptr || !field->is_array()) return wrong(name, "an array");
  return field;
}

Result<const Json*> object_field(const Json& object, const char* name) {
  const Json* field = find(object, name);
  if (field == nullptr || !field->is_object()) return wrong(name, "an object");
  return field;
}

}  // namespace addon::plan
