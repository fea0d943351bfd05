#pragma once

#include <string>

#include "cli/terminal.hpp"
#include "unit/analysis_json.hpp"

namespace addon::cli {

/// A unit for people: what it runs as, what it runs and what it reaches, each with its line.
std::string render(const unit::AnalyzedUnit& unit, const Palette& palette);

}  // namespace addon::cli
