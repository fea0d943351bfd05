#include "unit/specifiers.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace addon::unit {

namespace {
struct Fixed {
  char letter;
  std::string_view value;
};
// The directories of the system manager, and the user that it runs as.
constexpr std::array<Fixed, 12> fixed = {{{'C', "/var/cache"},
                                          {'E', "/etc"},
                                          {'G', "0"},
                                          {'L', "/var/log"},
                                          {'S', "/var/lib"},
                                          {'T', "/tmp"},
                                          {'U', "0"},
                                          {'V', "/var/tmp"},
                                          {'g', "root"},
                                          {'h', "/root"},
                                          {'t', "/run"},
                                          {'u', "root"}}};
// What depends on the machine, its release, its control groups, or where the file stands.
constexpr std::string_view of_the_host = "AaBbcHlMmoqRrsvWwYy";

bool may_be_specifier(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// "-" is "/" and "\x2d" is "-"; systemd-escape(1). nullopt for what no escaping makes.
std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      out += text[at] == '-' ? '/' : text[at];
      continue;
    }
    if (at + 3 >= text.size() || text[at + 1] != 'x') return std::nullopt;
    const int high = hexadecimal(text[at + 2]);
    const int low = hexadecimal(text[at + 3]);
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    out += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
    at += 3;
  }
  return out;
}

std::optional<std::string> unescape_path(std::string_view text) {
  if (text == "-") return "/";
  auto path = unescape(text);
  if (!path || path->empty() || path->front() == '/' || path->back() == '/') return std::nullopt;
  return "/" + *path;
}

std::string_view last_component(std::string_view prefix) {
  const auto dash = prefix.rfind('-');
  return dash == std::string_view::npos ? prefix : prefix.substr(dash + 1);
}

std::optional<std::string> of_the_name(char letter, const FullName& name) {
  switch (letter) {
    case 'n':
      return name.str();
    case 'N':
      return std::string(name.stem());
    case 'p':
      return std::string(name.prefix());
    case 'P':
      return unescape(name.prefix());
    case 'i':
      return std::string(name.instance());
    case 'I':
      return unescape(name.instance());
    case 'j':
      return std::string(last_component(name.prefix()));
    case 'J':
      return unescape(last_component(name.prefix()));
    case 'f':
      return unescape_path(name.is_instance() ? name.instance() : name.prefix());
    case 'd':
      return "/run/credentials/" + name.str();
    default:
      return std::nullopt;
  }
}

bool depends_on_instance(char letter) {
  return letter == 'i' || letter == 'I' || letter == 'n' || letter == 'N' || letter == 'f' || letter == 'd';
}

// What one specifier stands for, added to `out`.
void resolve_one(char letter, const FullName& name, Resolved& out) {
  const std::string written = {'%', letter};
  const auto* found =
      std::find_if(fixed.begin(), fixed.end(), [&](const Fixed& entry) { return entry.letter == letter; });
  if (found != fixed.end()) {
    out.text += found->value;
  } else if (of_the_host.find(letter) != std::string_view::npos ||
             (name.is_template() && depends_on_instance(letter))) {
    out.text += written;
    if (out.left.empty()) out.left = written;
  } else if (const auto value = of_the_name(letter, name)) {
    out.text += *value;
  } else {
    out.text += written;
    if (out.refused.empty()) out.refused = written;
  }
}
}  // namespace

Resolved resolve_specifiers(std::string_view text, const FullName& name) {
  Resolved out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_last = at + 1 == text.size();
    if (text[at] != '%' || is_last) {
      out.text += text[at];
    } else if (text[at + 1] == '%') {
      out.text += '%';
      ++at;
    } else if (!may_be_specifier(text[at + 1])) {
      out.text += '%';
    } else {
      resolve_one(text[++at], name, out);
    }
  }
  return out;
}

}  // namespace addon::unit
