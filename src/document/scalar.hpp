#pragma once

#include <cstdint>
#include <string_view>

#include "document/node.hpp"

namespace addon::document {

/// The type of a plain scalar by the YAML 1.2 core schema (specification 10.3.2).
NodeType plain_scalar_type(std::string_view text);

struct IntegerValue {
  std::int64_t value = 0;  ///< the nearest there is, when the text's value does not fit
  bool fits = true;
};

/// Precondition: plain_scalar_type(text) is integer.
IntegerValue integer_value(std::string_view text);

/// Precondition: plain_scalar_type(text) is number or integer. ".inf" and ".nan" give those.
double number_value(std::string_view text);

}  // namespace addon::document
