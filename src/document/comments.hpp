#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "document/node.hpp"

namespace addon::document {

/// A comment of a YAML text.
struct Comment {
  Position at;         ///< of its '#'
  bool alone = false;  ///< nothing but blanks stands before it on its line
  std::string text;    ///< what stands behind the '#', trimmed
};

/// The comments of a YAML text, in order; a '#' within a scalar begins none (YAML 1.2, 6.6). Of a
/// text that parse_yaml would not read at all, none; of one with a mistake, those before it.
std::vector<Comment> comments_of(std::string_view text);

}  // namespace addon::document
