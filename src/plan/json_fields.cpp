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
  // What was parsed is unsigned; what was put together may be signed and not negative.
  const bool whole = field != nullptr && field->is_number_integer() &&
                     (field->is_number_unsigned() || field->get<std::int64_t>() >= 0);
  if (!whole) return wrong(name, "a whole number");
  return field->get<std::uint64_t>();
}

Result<bool> flag_field(const Json& object, const char* name) {
  const Json* field = find(object, name);
  if (field == nullptr) return false;
  if (!field->is_boolean()) return wrong(name, "true or false");
  return field->get<bool>();
}

Result<std::chrono::milliseconds> duration_field(const Json& object, const char* name) {
  constexpr std::uint64_t day = 24ULL * 60 * 60 * 1000;
  const std::uint64_t count = TRY(number_field(object, name));
  if (count > day) return wrong(name, "at most a day in milliseconds");
  return std::chrono::milliseconds(count);
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
