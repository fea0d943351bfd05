#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/terminal.hpp"

namespace addon::cli {

/// What a process's two streams are, and what reads them.
struct Streams {
  std::FILE* out = nullptr;
  std::FILE* err = nullptr;
  bool colours_on_out = false;  ///< where --color leaves it open
  bool colours_on_err = false;
  bool err_is_terminal = false;
  bool can_ask = false;  ///< standard input is a terminal as well
  /// Gets the findings that are to be shown, where somebody else shows them: with the lines that they are
  /// about, which this process may not read for them.
  std::function<void(const std::vector<Finding>&, bool as_results)> findings_elsewhere{};

  /// Streams of descriptors, which are asked whether they are terminals.
  static Streams of(std::FILE* out, std::FILE* err);
};

/// The two streams of the program, and who may see what on them: results on stdout, everything else
/// on stderr. With --format json only the report is printed, and nobody is asked anything. A verb's
/// own format is the one document on stdout, and stderr is as with text.
class Console {
 public:
  /// Precondition: the streams outlive it.
  Console(const GlobalOptions& options, const Streams& streams);

  /// Results; not with json.
  void result(std::string_view text);
  /// "error: MESSAGE" on stderr; not with json.
  void error(std::string_view message);
  /// "warning: MESSAGE" and "note: MESSAGE" on stderr; not with json, notes not with -q.
  void warning(std::string_view message);
  void note(std::string_view message);
  /// "hint: MESSAGE" on stderr; not with json, not with -q.
  void hint(std::string_view message);
  /// What is being done, on stderr.
  void progress(std::string_view message);

  enum class Place { results, errors };
  void findings(const std::vector<Finding>& findings, Place place);

  void json(const Json& object);
  /// Bytes that another process wrote for one of the streams.
  void pass_on(bool to_err, std::string_view bytes);
  /// A whole document in a verb's own format.
  void document(std::string_view text);

  bool is_text() const { return options_.format == Format::text; }
  bool is_json() const { return options_.format == Format::json; }
  /// Whether somebody sits there who can be asked.
  bool can_ask() const;
  /// Asks on stderr and reads one line of stdin: "y" or "yes" is yes.
  bool confirm(std::string_view question);

  const Palette& palette() const { return out_palette_; }
  Verbosity verbosity() const { return options_.verbosity; }
  const Streams& streams() const { return streams_; }
  bool errors_on_terminal() const { return streams_.err_is_terminal; }

  /// Whether all of the results reached stdout.
  bool flush();

 private:
  void say(Paint paint, std::string_view label, std::string_view message);

  const GlobalOptions& options_;
  const Streams streams_;
  Palette out_palette_;
  Palette err_palette_;
  bool has_results_ = false;
};

}  // namespace addon::cli
