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

Streams Streams::of(std::FILE* out, std::FILE* err) {
  const bool is_terminal = isatty(fileno(err)) == 1;
  return {out,
          err,
          shows_colours(fileno(out)),
          shows_colours(fileno(err)),
          is_terminal,
          is_terminal && isatty(STDIN_FILENO) == 1};
}

Console::Console(const GlobalOptions& options, const Streams& streams)
    : options_(options),
      streams_(streams),
      out_palette_(palette_for(options.colour, streams.colours_on_out)),
      err_palette_(palette_for(options.colour, streams.colours_on_err)) {}

void Console::result(std::string_view text) {
  if (is_json() || text.empty()) return;
  write_all(streams_.out, text);
  has_results_ = true;
}

void Console::say(Paint paint, std::string_view label, std::string_view message) {
  if (is_json()) return;
  // Whoever reads both streams in one place shall read them in order.
  flush_now(streams_.out);
  write_all(streams_.err, fmt::format("{}: {}\n", err_palette_(paint, label), one_line(message)));
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
  flush_now(streams_.out);
  write_all(streams_.err, fmt::format("{}\n", one_line(message)));
}

void Console::findings(const std::vector<Finding>& findings, Place place) {
  if (!is_text() || findings.empty()) return;
  if (streams_.findings_elsewhere) {
    flush_now(streams_.out);
    return streams_.findings_elsewhere(findings, place == Place::results);
  }
  if (place == Place::results) return write_all(streams_.out, render(findings, out_palette_));
  flush_now(streams_.out);
  // Apart from the results above, for whoever sees both streams in one place.
  write_all(streams_.err, (has_results_ ? "\n" : "") + render(findings, err_palette_));
}

void Console::json(const Json& object) {
  write_all(streams_.out, object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Console::document(std::string_view text) { write_all(streams_.out, text); }

void Console::pass_on(bool to_err, std::string_view bytes) {
  if (to_err) flush_now(streams_.out);
  if (!to_err && !bytes.empty()) has_results_ = true;
  write_all(to_err ? streams_.err : streams_.out, bytes);
  flush_now(to_err ? streams_.err : streams_.out);
}

bool Console::can_ask() const { return is_text() && streams_.can_ask; }

bool Console::confirm(std::string_view question) {
  flush_now(streams_.out);
  write_all(streams_.err, fmt::format("{} [y/N] ", question));
  flush_now(streams_.err);
  std::array<char, 64> line{};
  if (std::fgets(line.data(), static_cast<int>(line.size()), stdin) == nullptr) return false;
  const std::string answer = to_lower(trim(line.data()));
  return answer == "y" || answer == "yes";
}

bool Console::flush() {
  flush_now(streams_.err);
  return std::fflush(streams_.out) == 0 && std::ferror(streams_.out) == 0;
}

}  // namespace addon::cli
