#pragma once

#include <string>
#include <string_view>

#include "cli/terminal.hpp"
#include "core/json.hpp"

namespace addon::cli {

/// A step of a plan, from its public JSON: one line with what changes from what to what, then what a
/// unit may do, then each policy line that allows it.
std::string render_step(const Json& step, const Palette& palette);

/// The colour of "+", "~" and "-".
Paint paint_of_sign(std::string_view sign);

}  // namespace addon::cli
