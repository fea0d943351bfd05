#include "document/comments.hpp"

#include <yaml.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/text.hpp"
#include "document/yaml.hpp"

namespace addon::document {

namespace {
// Code points from the start of the text, as libyaml counts them.
struct Range {
  std::size_t from = 0;
  std::size_t to = 0;
};

struct Scalars {
  std::vector<Range> ranges;  ///< in order
  std::size_t end = 0;        ///< how far the text was understood
};

constexpr std::size_t kWhole = SIZE_MAX;

class Scanner {
 public:
  Scanner() = default;
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;
  ~Scanner() {
    if (ready_) yaml_parser_delete(&raw_);
  }

  Scalars scan(std::string_view text) {
    Scalars found;
    if (!ready_) return found;
    yaml_parser_set_encoding(&raw_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&raw_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    for (bool more = true; more;) {
      yaml_token_t token{};
      if (yaml_parser_scan(&raw_, &token) == 0) return found;
      if (token.type == YAML_SCALAR_TOKEN)
        found.ranges.push_back({token.start_mark.index, token.end_mark.index});
      found.end = token.end_mark.index;
      more = token.type != YAML_STREAM_END_TOKEN && token.type != YAML_NO_TOKEN;
      yaml_token_delete(&token);
    }
    found.end = kWhole;
    return found;
  }

 private:
  yaml_parser_t raw_{};
  bool ready_ = yaml_parser_initialize(&raw_) == 1;
};

bool starts_code_point(char c) { return (static_cast<std::uint8_t>(c) & 0xc0U) != 0x80U; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

// The line at the beginning of the text, and how long it is with its break: as YAML 1.2 breaks lines (5.4).
std::pair<std::string_view, std::size_t> first_line(std::string_view text) {
  const std::size_t length = std::min(text.find_first_of("\r\n"), text.size());
  const std::size_t width = text.substr(length).starts_with("\r\n") ? 2 : 1;
  return {text.substr(0, length), std::min(length + width, text.size())};
}

// Where the comment of a line begins, or npos. `index` is that of the line's first code point.
std::size_t comment_in(std::string_view line, std::size_t index, const std::vector<Range>& scalars) {
  auto scalar = std::partition_point(scalars.begin(), scalars.end(),
                                     [&](const Range& range) { return range.to <= index; });
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!starts_code_point(line[i])) continue;
    while (scalar != scalars.end() && scalar->to <= index) ++scalar;
    const bool within = scalar != scalars.end() && scalar->from <= index;
    if (line[i] == '#' && !within && (i == 0 || is_blank(line[i - 1]))) return i;
    ++index;
  }
  return std::string_view::npos;
}
}  // namespace

std::vector<Comment> comments_of(std::string_view text) {
  if (text.size() > Limits().bytes || !is_utf8(text)) return {};
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const Scalars scalars = Scanner().scan(text);
  std::vector<Comment> comments;
  std::size_t index = 0;
  for (int number = 1; !text.empty() && index < scalars.end; ++number) {
    const auto [line, length] = first_line(text);
    const std::size_t start = comment_in(line, index, scalars.ranges);
    if (start != std::string_view::npos) {
      const std::string_view before = line.substr(0, start);
      comments.push_back({{number, static_cast<int>(width_of(before)) + 1},
                          trim(before).empty(),
                          std::string(trim(line.substr(start + 1)))});
    }
    index += width_of(text.substr(0, length));
    text.remove_prefix(length);
  }
  return comments;
}

}  // namespace addon::document
