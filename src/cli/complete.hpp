#pragma once

#include <string>
#include <vector>

namespace addon::cli {

/// A word that could stand where the cursor is.
struct Candidate {
  std::string word;
  std::string meaning;  ///< for shells that show one; may be ""

  bool operator==(const Candidate&) const = default;
};

/// Whether the shell is to offer names of its own as well.
enum class Names { none, files, directories };

struct Completion {
  std::vector<Candidate> candidates;
  Names names = Names::none;
};

/// Whether this is "complete -- WORD...", by which the completions of shells ask.
bool asks_for_completion(const std::vector<std::string>& arguments);

/// What could stand in place of the last word, which may be "", after the others. The words are those behind
/// "addonctl". Reads what the caller may read of the host, or of what --root names, and asks no daemon. What
/// cannot be read gives no candidates.
Completion complete(const std::vector<std::string>& words);

/// A line for each candidate, "WORD" or "WORD<TAB>MEANING", and then ":files" or ":directories" where the
/// shell is to add names. No candidate begins with a colon.
std::string to_lines(const Completion& completion);

}  // namespace addon::cli
