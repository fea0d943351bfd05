#include "cli/markdown.hpp"

#include <algorithm>

#include "cli/terminal.hpp"

namespace addon::cli {

namespace {
std::size_t longest_run(std::string_view text, char of) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == of ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}
}  // namespace

std::string code_span(std::string_view text) {
  const std::string clean = one_line(text);
  const bool is_blank = clean.find_first_not_of(' ') == std::string::npos;
  if (is_blank) return "(none)";
  const std::string fence(longest_run(clean, '`') + 1, '`');
  // One blank at either end is taken off again; without it a backtick at the end would lengthen the fence.
  const bool is_padded =
      clean.front() == '`' || clean.back() == '`' || clean.front() == ' ' || clean.back() == ' ';
  const std::string_view pad = is_padded ? " " : "";
  return fence + std::string(pad) + clean + std::string(pad) + fence;
}

std::string code_cell(std::string_view text) {
  std::string clean(text);
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return c == '|' || c == '\\'; }, '?');
  return code_span(clean);
}

}  // namespace addon::cli
