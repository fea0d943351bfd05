#pragma once

#include <string>
#include <string_view>

namespace addon::man {

/// What stands in the header and the footer of a page.
struct Edition {
  std::string date;     ///< "2026-11-26"
  std::string version;  ///< of addonctl
};

/// Text that troff prints as it is: man(7) and groff_char(7) say what would be taken for a request, or
/// printed as another character. A text that is to stand at the beginning of a line may begin with anything.
std::string escape(std::string_view text);

/// A page in the macros of man(7), which man-db and mandoc both read.
class Page {
 public:
  /// `name` is "addonctl-apply", `summary` what whatis(1) shows.
  Page(std::string_view name, int section, std::string_view summary, const Edition& edition);

  void section(std::string_view heading);
  /// A paragraph; lines of the text are filled. `operands` are set in italics wherever they stand as a word,
  /// and options in bold.
  void paragraph(std::string_view text, const std::string& operands = "");
  /// Lines that stay as they are.
  void literal(std::string_view lines);
  /// How a program is called: "addonctl apply FILE [--yes]".
  void synopsis(std::string_view call);
  /// A term with what it means, which may be nothing. `markup` is the term as roff.
  void entry(std::string_view markup, std::string_view meaning, const std::string& operands = "");
  /// "addonctl(1), capabilities(7)"
  void see_also(std::string_view pages);

  const std::string& text() const { return text_; }

 private:
  void line(std::string_view roff);
  void begin_paragraph();

  std::string text_;
  bool after_heading_ = false;
};

/// "--to N" with the option in bold and what it takes in italics; "[", "|" and "]" are neither.
std::string call_markup(std::string_view call);
std::string bold(std::string_view text);
std::string italic(std::string_view text);

}  // namespace addon::man
