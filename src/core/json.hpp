#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/digest.hpp"
#include "core/result.hpp"

namespace addon {
inline namespace core {

/// JSON values. Object keys are kept sorted by byte, as canonical JSON wants them.
using Json = nlohmann::json;

/// Canonical JSON: RFC 8785 as far as these documents go (UTF-8 text, integers, no floats): keys
/// sorted, no white space, shortest escapes. The same value always gives the same bytes. Bytes that are
/// not UTF-8 become U+FFFD.
std::string canonical(const Json& value);

/// SHA-256 of canonical(value).
Digest digest_of(const Json& value);

/// Parses JSON (RFC 8259); duplicate keys and anything after the value are errors, nesting is
/// limited to 64. Error names line and column.
Result<Json> parse_json(std::string_view text, std::string_view file);

}  // namespace core
}  // namespace addon
