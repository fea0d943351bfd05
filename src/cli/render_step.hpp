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

/// What a step that writes the registry does to the entry of one add-on, and which line allows it.
std::string render_entry(const Json& step, const std::string& addon, const Palette& palette);

}  // namespace addon::cli
