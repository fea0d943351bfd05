#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "document/node.hpp"

namespace addon::document {

/// Limits on what is believed of a document from outside (docs/author.md, "Input limits").
struct Limits {
  std::size_t bytes = std::size_t{1} << 20;  ///< 1 MiB
  int depth = 64;
};

/// Parses one YAML 1.2 document. Refused, each by a finding with line and column: text over the
/// limits, invalid UTF-8 or a byte-order mark of UTF-16/32, NUL and other characters that YAML
/// does not print, aliases, anchors and tags (except the non-specific and core ones), duplicate
/// keys, keys that are no scalars or not strings, more than one document, an empty document.
/// The error's findings hold every duplicate key, up to 100; syntax errors end the parse at the first.
/// Memory stays linear in the text.
Result<Document> parse_yaml(std::string_view text, std::string file, const Limits& limits = {});

}  // namespace addon::document
