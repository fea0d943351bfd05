#pragma once

#include <string>
#include <string_view>

namespace addon::cli {

/// Text of whoever wrote a manifest, as a code span of GitHub Flavored Markdown (spec 0.29, 6.3): in one,
/// nothing is markup, HTML, a mention, a link or a reference. The fence is longer than any run of backticks
/// in the text. Control characters and the like become '?', as one_line() has it. "" is "(none)" in words.
std::string code_span(std::string_view text);

/// The same for a cell of a table, where '|' ends the cell even within a code span, and where '\' before it
/// makes that depend on who reads it: both become '?'. Neither is in an id, a version or a key's name.
std::string code_cell(std::string_view text);

}  // namespace addon::cli
