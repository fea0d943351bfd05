#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/json.hpp"
#include "core/result.hpp"

namespace addon::plan {

// Fields of records that this program wrote itself, and that somebody may have changed since. An error names
// the field and what it should be.
Result<std::string> text_field(const Json& object, const char* name);
Result<std::uint64_t> number_field(const Json& object, const char* name);
/// False when it is absent.
Result<bool> flag_field(const Json& object, const char* name);
/// In milliseconds, at most 1 day as in manifests.
Result<std::chrono::milliseconds> duration_field(const Json& object, const char* name);
Result<const Json*> array_field(const Json& object, const char* name);
Result<const Json*> object_field(const Json& object, const char* name);

}  // namespace addon::plan
