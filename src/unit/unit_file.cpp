#include "unit/unit_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "unit/words.hpp"

namespace addon::unit {

namespace {
// LONG_LINE_MAX of systemd: a unit with a longer line is not loaded at all.
constexpr std::size_t longest_line = std::size_t{1} << 20U;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view line_ends("\n\r\0", 3);

struct Line {
  std::string_view text;
  std::string_view end;  ///< the characters that end it
};

// systemd takes "\n", "\r" and NUL, and any run of different ones, for the end of a line.
Line take_line(std::string_view& text) {
  const std::size_t length = std::min(text.find_first_of(line_ends), text.size());
  std::size_t end = length;
  while (end < text.size() && line_ends.find(text[end]) != std::string_view::npos) {
    const std::string_view run = text.substr(length, end - length);
    if (run.find(text[end]) != std::string_view::npos || run.find('\0') != std::string_view::npos) break;
    ++end;
  }
  const Line line{text.substr(0, length), text.substr(length, end - length)};
  text.remove_prefix(end);
  return line;
}

int code_points(std::string_view text) {
  return static_cast<int>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

bool is_comment(std::string_view line) {
  const auto first = line.find_first_not_of(blanks);
  return first != std::string_view::npos && (line[first] == '#' || line[first] == ';');
}

bool continues(std::string_view line) {
  const auto last = line.find_last_not_of('\\');
  const std::size_t backslashes = last == std::string_view::npos ? line.size() : line.size() - last - 1;
  return backslashes % 2 == 1;
}

std::optional<std::size_t> find_control_character(std::string_view text) {
  const auto* found = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
  if (found == text.end()) return std::nullopt;
  return static_cast<std::size_t>(found - text.begin());
}

// U+FDD0 to U+FDEF and the last two of every plane: well-formed, but systemd takes them for an
// error. Precondition: text is UTF-8.
bool has_noncharacter(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t at = 0; at + 2 < text.size(); ++at) {
    if (byte(at) == 0xef && byte(at + 1) == 0xb7 && byte(at + 2) >= 0x90 && byte(at + 2) <= 0xaf) return true;
    const bool ends_plane = byte(at + 1) == 0xbf && byte(at + 2) >= 0xbe;
    // The second byte of four tells the plane; a third byte of 0x8f or 0x9f can look like it.
    const bool is_second_of_four = at > 0 && byte(at - 1) >= 0xf0 && (byte(at) & 0x8fU) == 0x8f;
    if (ends_plane && (byte(at) == 0xef || is_second_of_four)) return true;
  }
  return false;
}

class Parser {
 public:
  Parser(std::string_view text, std::string file) : text_(text) { parsed_.unit.file = std::move(file); }

  ParsedUnit run() {
    while (!text_.empty()) {
      ++line_;
      const Line line = take_line(text_);
      check_line_end(line);
      read(line.text);
    }
    if (!pieces_.empty()) read_joined();
    return std::move(parsed_);
  }

 private:
  // Where a physical line starts in the joined one.
  struct Piece {
    std::size_t offset;
    int line;
  };

  void read(std::string_view line) {
    if (is_comment(line)) return;
    // Not only in the first line, and only once: so systemd does it.
    if (!saw_byte_order_mark_ && line.starts_with(byte_order_mark)) {
      line.remove_prefix(byte_order_mark.size());
      saw_byte_order_mark_ = true;
    }
    pieces_.push_back({joined_.size(), line_});
    if (line.size() >= longest_line || joined_.size() + line.size() > longest_line) {
      report(rules::unit_syntax, "this line is 1 MiB long or longer; systemd would not load the unit", 0);
      start_over();
      return;
    }
    joined_ += line;
    if (continues(line)) {
      joined_.back() = ' ';
    } else {
      read_joined();
    }
  }

  void read_joined() {
    const std::string_view line = strip(joined_);
    if (!line.empty()) read_logical_line(line, static_cast<std::size_t>(line.data() - joined_.data()));
    start_over();
  }

  void read_logical_line(std::string_view line, std::size_t offset) {
    if (!is_utf8(line) || has_noncharacter(line)) {
      report(rules::unit_encoding, "this line is not UTF-8; systemd would not load the unit", offset);
      return;
    }
    if (const auto at = find_control_character(line)) {
      report(rules::unit_encoding,
             fmt::format("this line has the control character {}", quoted(line.substr(*at, 1))),
             offset + *at);
    }
    if (line.front() == '[') {
      read_section(line, offset);
    } else if (section_) {
      read_assignment(line, offset);
    } else if (!outside_reported_) {
      outside_reported_ = true;
      report(rules::unit_syntax,
             fmt::format("{} stands before the first section; systemd ignores it", quoted(line)), offset);
    }
  }

  void read_section(std::string_view line, std::size_t offset) {
    if (line.back() == ']' && line.size() > 1) {
      section_ = line.substr(1, line.size() - 2);
      return;
    }
    // The one that was meant, so that one mistake is not reported as many.
    section_ = line.substr(1, line.find(']') - 1);
    report(rules::unit_syntax,
           fmt::format("the section header {} does not end with ']'; systemd would not load the unit",
                       quoted(line)),
           offset);
  }

  void read_assignment(std::string_view line, std::size_t offset) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) {
      report(rules::unit_syntax, fmt::format("{} has no '='; systemd ignores the line", quoted(line)),
             offset);
    } else if (equals == 0) {
      report(rules::unit_syntax,
             fmt::format("{} has nothing before its '='; systemd ignores the line", quoted(line)), offset);
    } else {
      parsed_.unit.directives.push_back({*section_, std::string(strip(line.substr(0, equals))),
                                         std::string(strip(line.substr(equals + 1))), place(offset)});
    }
  }

  void check_line_end(const Line& line) {
    const auto end = line.end;
    const int column = code_points(line.text) + 1;
    const auto report_end = [&](std::string_view what) {
      parsed_.findings.push_back(make_finding(
          rules::unit_encoding,
          fmt::format("this line has {}, which ends it for systemd: what follows is a line of its own", what),
          {parsed_.unit.file, line_, column}));
    };
    if (end.find('\0') != std::string_view::npos) report_end("a null byte");
    const auto carriage_return = end.find('\r');
    if (carriage_return == std::string_view::npos) return;
    const std::string_view after =
        carriage_return + 1 < end.size() ? end.substr(carriage_return + 1) : text_.substr(0, 1);
    if (!after.starts_with('\n')) report_end("a carriage return without a line feed");
  }

  SourceSpan place(std::size_t offset) const {
    const auto after = std::find_if(pieces_.begin() + 1, pieces_.end(),
                                    [&](const Piece& piece) { return piece.offset > offset; });
    const Piece& piece = *(after - 1);
    const std::string_view before = std::string_view(joined_).substr(piece.offset, offset - piece.offset);
    return {parsed_.unit.file, piece.line, code_points(before) + 1};
  }

  void report(const Rule& rule, std::string message, std::size_t offset) {
    parsed_.findings.push_back(make_finding(rule, std::move(message), place(offset)));
  }

  void start_over() {
    joined_.clear();
    pieces_.clear();
  }

  std::string_view text_;
  ParsedUnit parsed_;
  int line_ = 0;
  bool saw_byte_order_mark_ = false;
  bool outside_reported_ = false;
  std::string joined_;
  std::vector<Piece> pieces_;  ///< not empty while a line is being joined
  std::optional<std::string> section_;
};
}  // namespace

std::vector<const Directive*> UnitFile::all(std::string_view section, std::string_view key) const {
  std::vector<const Directive*> found;
  for (const Directive& directive : directives) {
    if (directive.section == section && directive.key == key) found.push_back(&directive);
  }
  return found;
}

const Directive* UnitFile::last(std::string_view section, std::string_view key) const {
  const auto found = std::find_if(directives.rbegin(), directives.rend(), [&](const Directive& directive) {
    return directive.section == section && directive.key == key;
  });
  return found == directives.rend() ? nullptr : &*found;
}

ParsedUnit parse_unit(std::string_view text, std::string file) { return Parser(text, std::move(file)).run(); }

}  // namespace addon::unit
