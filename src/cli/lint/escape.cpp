#include "cli/lint/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "cli/terminal.hpp"

namespace addon::cli {

namespace {
std::string percent_encoded(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
    }
  }
  return out;
}

std::string_view entity_of(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    default:
      return "";
  }
}

// U+FFFE and U+FFFF are UTF-8, but no characters of XML (XML 1.0, 2.2).
bool is_noncharacter(std::string_view text) {
  return text.starts_with("\xef\xbf\xbe") || text.starts_with("\xef\xbf\xbf");
}

std::string xml_escaped_line(std::string_view line) {
  const std::string clean = one_line(line);
  std::string out;
  for (std::string_view rest = clean; !rest.empty();) {
    if (is_noncharacter(rest)) {
      out += '?';
      rest.remove_prefix(3);
      continue;
    }
    const std::string_view entity = entity_of(rest.front());
    if (entity.empty()) {
      out += rest.front();
    } else {
      out += entity;
    }
    rest.remove_prefix(1);
  }
  return out;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}
}  // namespace

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += xml_escaped_line(text.substr(0, end));
    if (end == text.size()) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string github_data(std::string_view text) { return percent_encoded(text, "%\r\n"); }

std::string github_property(std::string_view text) { return percent_encoded(text, "%\r\n:,"); }

std::string uri_of(std::string_view path) {
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    if (is_unreserved(c) || c == '/') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
    }
  }
  return out;
}

}  // namespace addon::cli
