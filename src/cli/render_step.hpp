#pragma once

#include <string>
#include <string_view>

#include "cli/describe_step.hpp"
#include "cli/terminal.hpp"

namespace addon::cli {

/// A step of a plan: what changes from what to what, then what a unit may do, then each policy line that
/// allows it. Within 80 columns, but for words that are longer.
std::string render_step(const StepText& step, const Palette& palette);

/// The colour of "+", "~" and "-".
Paint paint_of_sign(std::string_view sign);

}  // namespace addon::cli
