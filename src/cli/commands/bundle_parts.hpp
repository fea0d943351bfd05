#pragma once

#include "bundle/bundle.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"

namespace addon::cli {

// What bundle does, one each; operands.front() is the bundle.
Report build_bundle(const Context& context, const Arguments& arguments);
Report inspect_bundle(const Context& context, const Arguments& arguments);
Report verify_bundle(const Context& context, const Arguments& arguments);
Report sign_bundle(const Context& context, const Arguments& arguments);
Report list_digests(const Context& context, const Arguments& arguments);

/// The bundle that the operand names, read whole and without an error. An error has its findings.
Result<bundle::Bundle> read_sound_bundle(const Context& context, const std::string& operand);

}  // namespace addon::cli
