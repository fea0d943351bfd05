#include "fuzz/property.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace addon::fuzz {

namespace {
// Whichever of these a reader takes for the end of a line, there are not more.
std::size_t most_lines(std::string_view text) {
  return 1 + static_cast<std::size_t>(std::count_if(
                 text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; }));
}
}  // namespace

void violated(std::string_view what, std::string_view detail) {
  std::fprintf(stderr, "does not hold: %.*s%s%.*s\n", static_cast<int>(what.size()), what.data(),
               detail.empty() ? "" : ": ", static_cast<int>(detail.size()), detail.data());
  std::abort();
}

void check_place(const SourceSpan& at, std::string_view text, Place place) {
  if (place == Place::optional && at.line == 0) return;
  must(at.line >= 1 && static_cast<std::size_t>(at.line) <= most_lines(text) && at.column >= 0 &&
           static_cast<std::size_t>(at.column) <= text.size() + 1,
       "a place lies within the text", to_string(at));
}

void check_findings(const std::vector<Finding>& findings, std::string_view text, Place place) {
  for (const Finding& finding : findings) {
    must(finding.rule != nullptr && !finding.message.empty(), "a finding says something");
    check_place(finding.at, text, place);
  }
}

void check_error(const Error& error, std::string_view text, Place place) {
  must(!error.message().empty(), "an error says something");
  must(place == Place::optional || !error.findings().empty(), "an error points at what is wrong",
       error.message());
  check_findings(error.findings(), text, place);
}

std::string words_of(const std::vector<Finding>& findings) {
  std::string words;
  for (const Finding& finding : findings) {
    words += to_string(finding.at) + " " + finding.pointer + " " + std::string(finding.rule->id) + " " +
             finding.message + "\n";
  }
  return words;
}

std::string words_of(const Error& error) { return error.message() + "\n" + words_of(error.findings()); }

}  // namespace addon::fuzz
