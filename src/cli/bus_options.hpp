#pragma once

#include "cli/console.hpp"
#include "cli/options.hpp"
#include "client/protocol.hpp"
#include "core/result.hpp"

namespace addon::cli {

/// What addon-executor has to know of a command line to do what it says, and of the caller's terminal to
/// write as it would be written there.
struct BusRequest {
  GlobalOptions options;
  Arguments arguments;
  Streams streams;  ///< without the streams themselves
};

/// As options of a call; what has its default is left out. Of the arguments' operands only what hints quote
/// goes along.
client::Options to_bus_options(const GlobalOptions& options, const Arguments& arguments,
                               const Streams& streams);

/// Reads them back. Without "render" nobody wants more than the report: as with --format json. Error: kind
/// invalid, for an option that there is not, or of another type.
Result<BusRequest> from_bus_options(const client::Options& options);

}  // namespace addon::cli
