#include "cli/render_step.hpp"

#include <fmt/format.h>

#include "core/text.hpp"

namespace addon::cli {

namespace {
constexpr std::size_t kLabelColumns = 14;
constexpr std::size_t kDetail = 6;
constexpr std::size_t kBelow = 8;

// What is too long for what is left beside the label stands beneath it, whole where it can.
std::string render_change(const StepText& step) {
  constexpr std::size_t kBeside = 4 + kLabelColumns;
  const std::string beside = wrap(step.change, kScreenColumns, kBeside, kBeside);
  const auto fits = [](const std::string& lines, std::size_t first) {
    std::size_t at = first;
    for (const char c : lines) {
      const bool is_continuation = (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
      at = c == '\n' ? 0 : at + (is_continuation ? 0 : 1);
      if (at > kScreenColumns) return false;
    }
    return true;
  };
  if (fits(beside, kBeside)) return fmt::format("{:<{}}{}", step.label, kLabelColumns, beside);
  return fmt::format("{}\n{:{}}{}", step.label, "", kDetail,
                     wrap(step.change, kScreenColumns, kBelow, kDetail));
}

// The place of a line is never broken, so that it can be found and clicked on.
std::string render_allowance(const Allowance& allowance) {
  const std::string place = fmt::format("      allowed by {}:", allowance.by);
  const std::string subjects = join(allowance.subjects, ", ");
  if (width(place) + 1 + width(subjects) <= kScreenColumns) return place + " " + subjects;
  return fmt::format("{}\n{:{}}{}", place, "", kBelow, wrap(subjects, kScreenColumns, kBelow, kBelow));
}
}  // namespace

Paint paint_of_sign(std::string_view sign) {
  if (sign == "+") return Paint::green;
  return sign == "-" ? Paint::red : Paint::yellow;
}

std::string render_step(const StepText& step, const Palette& palette) {
  std::string out;
  if (!step.sign.empty())
    out += fmt::format("  {} {}\n", palette(paint_of_sign(step.sign), step.sign), render_change(step));
  for (const std::string& detail : step.details)
    out += fmt::format("{:{}}{}\n", "", kDetail, wrap(detail, kScreenColumns, kBelow, kDetail));
  for (const Allowance& allowance : step.allowances)
    out += palette(Paint::dim, render_allowance(allowance)) + '\n';
  return out;
}

}  // namespace addon::cli
