#include "cli/doctor/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <utility>

#include "cli/report.hpp"
#include "core/text.hpp"

namespace addon::cli::doctor {

namespace {
constexpr std::size_t kStandingColumns = 11;
constexpr std::array kStandings = {Standing::problem, Standing::warning, Standing::unknown, Standing::ok};

struct Words {
  std::string_view text;
  std::string_view json;
  Paint paint;
};

Words words_of(Standing standing) {
  switch (standing) {
    case Standing::ok:
      return {"ok", "ok", Paint::green};
    case Standing::warning:
      return {"warning", "warning", Paint::yellow};
    case Standing::problem:
      return {"problem", "problem", Paint::red};
    case Standing::unknown:
      return {"not known", "unknown", Paint::cyan};
  }
  return {"", "", Paint::plain};
}

std::string counted(std::size_t number, Standing standing) {
  const bool is_noun = standing == Standing::problem || standing == Standing::warning;
  return fmt::format("{} {}{}", number, words_of(standing).text, is_noun && number != 1 ? "s" : "");
}
}  // namespace

Check ok(std::string_view name, std::string message) {
  return {.name = name, .standing = Standing::ok, .message = std::move(message)};
}

Check warning(std::string_view name, std::string message, std::string fix) {
  return {name, Standing::warning, std::move(message), std::move(fix)};
}

Check problem(std::string_view name, std::string message, std::string fix) {
  return {name, Standing::problem, std::move(message), std::move(fix)};
}

Check unknown(std::string_view name, std::string why) {
  return {.name = name, .standing = Standing::unknown, .message = std::move(why)};
}

Check unseen(std::string_view name, const Error& error) {
  const int why = error.errno_value();
  if (why == EACCES || error.kind() == ErrorKind::unauthorised)
    return unknown(name, error.message() + "; root may see it");
  return split_advice(problem(name, error.message(), ""));
}

Check split_advice(Check check) {
  constexpr std::string_view kRun = "; run ";
  const auto at = check.message.rfind(kRun);
  if (at == std::string::npos || !check.fix.empty()) return check;
  check.fix = check.message.substr(at + kRun.size());
  check.message.resize(at);
  return check;
}

void append(Checks& checks, Checks more) {
  checks.insert(checks.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::size_t count(const Checks& checks, Standing standing) {
  return static_cast<std::size_t>(std::count_if(
      checks.begin(), checks.end(), [&](const Check& check) { return check.standing == standing; }));
}

std::string render(const Checks& checks, const Palette& palette) {
  std::size_t names = 0;
  for (const Check& check : checks) names = std::max(names, check.name.size());
  const std::size_t indent = kStandingColumns + names + 2;
  std::string out;
  for (const Check& check : checks) {
    const Words words = words_of(check.standing);
    out += palette(words.paint, words.text);
    out.append(kStandingColumns - words.text.size(), ' ');
    out += fmt::format("{:<{}}", check.name, names + 2);
    out += wrap(one_line(check.message), kScreenColumns, indent, indent) + '\n';
    if (check.fix.empty()) continue;
    out.append(indent, ' ');
    out += wrap("fix: " + one_line(check.fix), kScreenColumns, indent, indent) + '\n';
  }
  return out;
}

std::string conclusion(const Checks& checks) {
  std::vector<std::string> parts;
  for (const Standing standing : kStandings) {
    const std::size_t number = count(checks, standing);
    if (number != 0 && standing != Standing::ok) parts.push_back(counted(number, standing));
  }
  const bool is_free = count(checks, Standing::problem) == 0;
  const std::string rest = parts.empty() ? "" : fmt::format(" ({})", join(parts, ", "));
  if (is_free) return fmt::format("Nothing stands in the way of an apply{}.", rest);
  return fmt::format("Something stands in the way of an apply{}.", rest);
}

Json to_json(const Checks& checks) {
  Json list = Json::array();
  for (const Check& check : checks) {
    list.push_back({{"check", check.name},
                    {"status", words_of(check.standing).json},
                    {"message", check.message},
                    {"fix", text_or_null(check.fix)}});
  }
  Json summary = Json::object();
  for (const Standing standing : kStandings)
    summary[std::string(words_of(standing).json)] = count(checks, standing);
  return {{"checks", std::move(list)}, {"summary", std::move(summary)}};
}

}  // namespace addon::cli::doctor
