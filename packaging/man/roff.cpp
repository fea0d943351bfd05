#include "roff.hpp"

#include <algorithm>
#include <cctype>

namespace addon::man {

namespace {
constexpr std::string_view kBesidesWords = "[](){}|,.;:!?\"'<>";

bool is_operand(std::string_view word, const std::string& operands) {
  return !word.empty() && (" " + operands + " ").find(" " + std::string(word) + " ") != std::string::npos;
}

bool is_option(std::string_view word) {
  const std::size_t name = word.find_first_not_of('-');
  return (name == 1 || name == 2) && std::isalpha(static_cast<unsigned char>(word[name])) != 0;
}

// A word without the marks around it gets a font, the marks none.
std::string set_word(std::string_view word, const std::string& operands) {
  const std::size_t begin = word.find_first_not_of(kBesidesWords);
  if (begin == std::string_view::npos) return escape(word);
  const std::size_t end = word.find_last_not_of(kBesidesWords) + 1;
  const std::string_view inner = word.substr(begin, end - begin);
  std::string set = escape(inner);
  if (is_option(inner)) set = bold(inner);
  if (is_operand(inner, operands)) set = italic(inner);
  return escape(word.substr(0, begin)) + set + escape(word.substr(end));
}

std::string set_text(std::string_view text, const std::string& operands) {
  std::string set;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t blank = std::min(text.find_first_of(" \n", i), text.size());
    set += set_word(text.substr(i, blank - i), operands);
    if (blank < text.size()) set += text[blank];
    i = blank + 1;
  }
  return set;
}

// A line that begins with a dot or an apostrophe would be a request.
std::string guarded(const std::string& lines) {
  std::string guarded;
  bool begins = true;
  for (const char c : lines) {
    if (begins && (c == '.' || c == '\'')) guarded += "\\&";
    guarded += c;
    begins = c == '\n';
  }
  return guarded;
}
}  // namespace

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '\\':
        escaped += "\\e";
        break;
      case '-':
        escaped += "\\-";
        break;
      case '\'':
        escaped += "\\(aq";
        break;
      case '`':
        escaped += "\\(ga";
        break;
      case '^':
        escaped += "\\(ha";
        break;
      case '~':
        escaped += "\\(ti";
        break;
      case '"':
        escaped += "\\(dq";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string bold(std::string_view text) { return "\\fB" + escape(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + escape(text) + "\\fR"; }

std::string call_markup(std::string_view call) {
  std::string markup;
  for (std::size_t i = 0; i < call.size();) {
    const std::size_t end = std::min(call.find_first_of(" [](){}|.,", i), call.size());
    const std::string_view word = call.substr(i, end - i);
    const bool is_name =
        std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c) != 0; }) ||
        is_option(word);
    if (!word.empty()) markup += is_name ? bold(word) : italic(word);
    if (end < call.size()) markup += call[end];
    i = end + 1;
  }
  return markup;
}

Page::Page(std::string_view name, int section, std::string_view summary, const Edition& edition) {
  std::string title(name);
  std::transform(title.begin(), title.end(), title.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const std::string number = std::to_string(section);
  line(".TH \"" + escape(title) + "\" " + number + " " + edition.date + " \"addonctl " + edition.version +
       "\" \"addonctl manual\"");
  // Names of commands and files are not to be broken, nor blanks to be stretched.
  line(".nh");
  line(".ad l");
  line(".SH NAME");
  line(escape(name) + " \\- " + escape(summary));
}

void Page::line(std::string_view roff) {
  text_ += roff;
  text_ += '\n';
  after_heading_ = false;
}

void Page::section(std::string_view heading) {
  line(".SH \"" + escape(heading) + "\"");
  after_heading_ = true;
}

// A heading begins a paragraph by itself.
void Page::begin_paragraph() {
  if (!after_heading_) line(".PP");
}

void Page::paragraph(std::string_view text, const std::string& operands) {
  begin_paragraph();
  line(guarded(set_text(text, operands)));
}

void Page::literal(std::string_view lines) {
  begin_paragraph();
  line(".RS 4");
  line(".nf");
  line(guarded(escape(lines)));
  line(".fi");
  line(".RE");
}

void Page::synopsis(std::string_view call) {
  const std::size_t name = call.find(' ');
  line(".HP");
  line(bold(call.substr(0, name)) + (name == std::string_view::npos ? "" : call_markup(call.substr(name))));
}

void Page::entry(std::string_view markup, std::string_view meaning, const std::string& operands) {
  line(".TP");
  line(guarded(std::string(markup)));
  line(meaning.empty() ? "\\&" : guarded(set_text(meaning, operands)));
}

void Page::see_also(std::string_view pages) {
  section("SEE ALSO");
  std::string markup;
  for (std::size_t i = 0; i < pages.size();) {
    const std::size_t bracket = pages.find('(', i);
    const std::size_t end = pages.find(')', bracket) + 1;
    if (!markup.empty()) markup += ",\n";
    markup += bold(pages.substr(i, bracket - i)) + std::string(pages.substr(bracket, end - bracket));
    i = std::min(pages.find_first_not_of(", ", end), pages.size());
  }
  line(markup);
}

}  // namespace addon::man
