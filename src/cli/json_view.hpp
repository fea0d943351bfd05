#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"

namespace addon::cli {

// Looks into JSON that somebody else may have written: what is absent or of another type is empty,
// and nothing throws. Text is made safe for one line of a terminal.

const Json& member(const Json& object, std::string_view key);
std::string text(const Json& object, std::string_view key);
std::int64_t number(const Json& object, std::string_view key);
bool flag(const Json& object, std::string_view key);
/// An array, empty where there is none.
const Json& items(const Json& object, std::string_view key);
/// The array's texts.
std::vector<std::string> texts(const Json& object, std::string_view key);

}  // namespace addon::cli
