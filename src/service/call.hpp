#pragma once

#include <systemd/sd-bus.h>

#include <string>
#include <vector>

#include "cli/bus_options.hpp"
#include "client/protocol.hpp"
#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "host/caller.hpp"

namespace addon::service {

/// One call, read and checked as far as it can be without opening what was handed over.
struct Call {
  const client::Method* method = nullptr;
  cli::BusRequest request{};
  std::string plan{};
  UniqueFd plan_file{};
  std::vector<UniqueFd> files{};
  std::vector<client::Source> sources{};
  host::Caller caller{};
  std::uint64_t pid = 0;  ///< of the caller when it called
};

/// Reads a method call of the interface, with duplicates of its descriptors. Error: kind invalid; it is not
/// one of ours.
Result<Call> read_call(sd_bus_message* message);

/// The method of that name, or null.
const client::Method* find_method(std::string_view name);

}  // namespace addon::service
