#include "linux/package_tool.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/path.hpp"
#include "core/text.hpp"

namespace addon::linux {

namespace {
// A list of files may be long; a tool that writes more than this has lost its way.
constexpr std::size_t most_output = std::size_t{64} << 20U;
constexpr std::chrono::seconds patience{60};
}  // namespace

Result<host::ProgramEnd> ask(host::ProgramRunner& programs, std::vector<std::string> words) {
  const std::string tool = words.front();
  host::ProgramEnd end = TRY_CONTEXT(
      fmt::format("cannot ask {}", tool),
      programs.run({.words = std::move(words), .timeout = patience, .output_limit = most_output}));
  if (end.how != host::ProgramEnd::How::exited) return tl::unexpected(refused(tool, end));
  if (end.output.size() >= most_output) {
    return tl::unexpected(Error(fmt::format("{} says more than {}", tool, size_text(most_output))));
  }
  return end;
}

Error refused(const std::string& tool, const host::ProgramEnd& end) {
  const std::vector<std::string> said = lines_of(end.errors);
  return Error(
      fmt::format("{} {}{}", tool, host::to_string(end), said.empty() ? "" : ": " + printable(said.front())));
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

bool has_tool(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

bool stands(const host::Directory& root, std::string_view path) {
  const auto relative = RelativePath::parse(path);
  if (!relative) return false;
  const auto state = root.stat(*relative);
  return state && state->has_value();
}

bool is_word(std::string_view text, std::string_view first, std::string_view more) {
  if (text.empty() || first.find(text.front()) == std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return first.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
  });
}

}  // namespace addon::linux
