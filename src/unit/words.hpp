#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace addon::unit {

/// What a backslash means in a directive's words. systemd reads different directives differently.
enum class Escapes {
  decode,  ///< C-style escapes, as in Exec*=
  drop,    ///< the next character stands for itself
  keep     ///< nothing special, as in WantedBy=, whose unit names may hold one
};

/// Whether '…' and "…" group words.
enum class Quotes { group, literal };

/// Reads a value word by word as systemd 252 splits it (systemd.syntax(7), "Quoting"): blanks
/// separate; a quote may also open inside a word.
class WordReader {
 public:
  enum class Status { word, end, unbalanced };

  /// `stop`: a character that ends a word, too, where it stands unquoted, and is passed over. 0: none.
  WordReader(std::string_view value, Escapes escapes, Quotes quotes, char stop = 0)
      : rest_(value), escapes_(escapes), quotes_(quotes), stop_(stop) {}

  /// Reads one word. An unknown escape stays as it is written, as systemd keeps it.
  Status next();

  const std::string& word() const { return word_; }
  /// Whether it was `stop` that ended the word.
  bool stopped() const { return stopped_; }
  /// Whether any word so far had an escape that systemd does not know.
  bool saw_unknown_escape() const { return saw_unknown_escape_; }
  /// What follows the last word and the blanks after it.
  std::string_view rest() const { return rest_; }
  /// Passes over that many bytes and the blanks after them.
  void skip(std::size_t bytes);

 private:
  bool read_escape();

  std::string_view rest_;
  Escapes escapes_;
  Quotes quotes_;
  char stop_;
  bool stopped_ = false;
  std::string word_;
  bool saw_unknown_escape_ = false;
};

/// What separates words and is cut from both ends of keys and values.
constexpr std::string_view blanks = " \t\n\r";

std::string_view strip(std::string_view text);

}  // namespace addon::unit
