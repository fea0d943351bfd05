#pragma once

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"

namespace addon::cli {

// What bundle does, one each; operands.front() is the bundle.
Report build_bundle(const Context& context, const Arguments& arguments);
Report inspect_bundle(const Context& context, const Arguments& arguments);
Report verify_bundle(const Context& context, const Arguments& arguments);

}  // namespace addon::cli
