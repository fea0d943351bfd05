#include "cli/console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "cli/render_findings.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {
// Of the standard streams nothing more can be said than that they failed; flush() asks.
void write_all(std::FILE* stream, std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stream));
}
void flush_now(std::FILE* stream) { static_cast<void>(std::fflush(stream)); }
}  // namespace

Console::Console(const GlobalOptions& options, std::FILE* out, std::FILE* err)
    : options_(options),
      out_(out),
      err_(err),
      out_palette_(palette_for(options.colour, fileno(out))),
      err_palette_(palette_for(options.colour, fileno(err))) {}

void Console::result(std::string_view text) {
  if (is_json() || text.empty()) return;
  write_all(out_, text);
  has_results_ = true;
}

void Console::say(Paint paint, std::string_view label, std::string_view message) {
  if (is_json()) return;
  // Whoever reads both streams in one place shall read them in order.
  flush_now(out_);
  write_all(err_, fmt::format("{}: {}\n", err_palette_(paint, label), one_line(message)));
}

void Console::error(std::string_view message) { say(Paint::red, "error", message); }

void Console::warning(std::string_view message) { say(Paint::yellow, "warning", message); }

void Console::note(std::string_view message) {
  if (options_.verbosity != Verbosity::quiet) say(Paint::cyan, "note", message);
}

void Console::hint(std::string_view message) {
  if (options_.verbosity != Verbosity::quiet) say(Paint::cyan, "hint", message);
}

void Console::progress(std::string_view message) {
  flush_now(out_);
  write_all(err_, fmt::format("{}\n", one_line(message)));
}

void Console::findings(const std::vector<Finding>& findings, Place place) {
  if (!is_text() || findings.empty()) return;
  if (place == Place::results) return write_all(out_, render(findings, out_palette_));
  flush_now(out_);
  // Apart from the results above, for whoever sees both streams in one place.
  write_all(err_, (has_results_ ? "\n" : "") + render(findings, err_palette_));
}

void Console::json(const Json& object) {
  write_all(out_, object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Console::document(std::string_view text) { write_all(out_, text); }

bool Console::errors_on_terminal() const { return isatty(fileno(err_)) == 1; }

bool Console::can_ask() const { return is_text() && isatty(STDIN_FILENO) == 1 && errors_on_terminal(); }

bool Console::confirm(std::string_view question) {
  flush_now(out_);
  write_all(err_, fmt::format("{} [y/N] ", question));
  flush_now(err_);
  std::array<char, 64> line{};
  if (std::fgets(line.data(), static_cast<int>(line.size()), stdin) == nullptr) return false;
  const std::string answer = to_lower(trim(line.data()));
  return answer == "y" || answer == "yes";
}

bool Console::flush() {
  flush_now(err_);
  return std::fflush(out_) == 0 && std::ferror(out_) == 0;
}

}  // namespace addon::cli
