#include "cli/render_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "cli/read_text.hpp"

namespace addon::cli {

namespace {
constexpr std::size_t kMaxSource = std::size_t{1} << 20;
constexpr std::size_t kExcerptColumns = 100;

Paint paint_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return Paint::red;
    case Severity::warning:
      return Paint::yellow;
    case Severity::note:
      return Paint::cyan;
  }
  return Paint::plain;
}

std::size_t byte_offset(std::string_view text, std::size_t code_points) {
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const bool starts = (static_cast<std::uint8_t>(text[i]) & 0xc0U) != 0x80U;
    if (starts && code_points-- == 0) break;
  }
  return i;
}

// The part of a long line around the column, and where the column is in it.
std::pair<std::string, std::size_t> excerpt(std::string_view line, std::size_t column) {
  std::string text = one_line(line);
  if (width(text) <= kExcerptColumns) return {std::move(text), column};
  const std::size_t start = column > kExcerptColumns / 2 ? column - kExcerptColumns / 2 : 0;
  const std::size_t from = byte_offset(text, start);
  const std::size_t to = byte_offset(text, start + kExcerptColumns);
  const std::string_view before = start > 0 ? "..." : "";
  const std::string_view after = to < text.size() ? "..." : "";
  return {fmt::format("{}{}{}", before, text.substr(from, to - from), after), column - start + before.size()};
}

// The word at the column gets carets; at least one.
std::string carets(std::string_view text, std::size_t column) {
  const std::string_view rest = text.substr(byte_offset(text, column));
  const std::size_t length =
      std::max<std::size_t>(width(rest.substr(0, rest.find_first_of(" :,[]{}\"'=#"))), 1);
  return std::string(column, ' ') + std::string(length, '^');
}

std::string render_excerpt(const SourceSpan& at, std::string_view line, const Palette& palette) {
  const std::string number = std::to_string(at.line);
  const std::string gutter(number.size(), ' ');
  if (at.column == 0) return fmt::format("{} {}\n", palette(Paint::dim, number + " |"), one_line(line));
  const auto [text, column] = excerpt(line, static_cast<std::size_t>(at.column) - 1);
  const std::string bar = palette(Paint::dim, gutter + " |");
  return fmt::format("{}\n{} {}\n{} {}\n", bar, palette(Paint::dim, number + " |"), text, bar,
                     palette(Paint::red, carets(text, column)));
}

std::size_t count(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const Finding& finding) { return finding.severity == severity; }));
}
}  // namespace

std::string_view SourceLines::line(const std::string& file, int number) {
  auto found = files_.find(file);
  if (found == files_.end()) {
    std::vector<std::string> lines;
    const std::string text = read_text(file, kMaxSource).value_or("");
    for (std::size_t start = 0; start < text.size();) {
      const std::size_t end = std::min(text.find('\n', start), text.size());
      lines.push_back(text.substr(start, end - start));
      start = end + 1;
    }
    found = files_.emplace(file, std::move(lines)).first;
  }
  const auto index = static_cast<std::size_t>(number) - 1;
  if (number < 1 || index >= found->second.size()) return {};
  std::string_view line = found->second[index];
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string render(const Finding& finding, SourceLines& sources, const Palette& palette) {
  const std::string head = fmt::format("{}[{}]", to_string(finding.severity), finding.rule->id);
  std::string out = fmt::format("{}: {}\n", palette(paint_of(finding.severity), head),
                                palette(Paint::bold, one_line(finding.message)));
  if (!finding.at.file.empty()) {
    out += fmt::format("  {} {}\n", palette(Paint::dim, "-->"), one_line(to_string(finding.at)));
    const std::string_view line = sources.line(finding.at.file, finding.at.line);
    const bool within =
        finding.at.column >= 0 && static_cast<std::size_t>(finding.at.column) <= width(line) + 1;
    if (!line.empty() && within) out += render_excerpt(finding.at, line, palette);
  }
  if (finding.policy) out += fmt::format("  policy: {}\n", one_line(to_string(*finding.policy)));
  if (!finding.fix.empty()) out += fmt::format("  fix: {}\n", one_line(finding.fix));
  return out;
}

std::string render(const std::vector<Finding>& findings, const Palette& palette) {
  SourceLines sources;
  std::string out;
  for (const Finding& finding : findings) {
    if (!out.empty()) out += '\n';
    out += render(finding, sources, palette);
  }
  return out;
}

std::string count_findings(const std::vector<Finding>& findings) {
  constexpr std::array kinds = {Severity::error, Severity::warning, Severity::note};
  std::string out;
  for (const Severity severity : kinds) {
    const std::size_t number = count(findings, severity);
    if (number == 0) continue;
    out += fmt::format("{}{} {}{}", out.empty() ? "" : ", ", number, to_string(severity),
                       number == 1 ? "" : "s");
  }
  return out.empty() ? "no findings" : out;
}

}  // namespace addon::cli
