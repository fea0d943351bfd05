#pragma once

#include <string>
#include <vector>

#include "cli/complete.hpp"

namespace addon::cli {

// What a host has that a command line can name. `root` is --root, or "". Each is empty where nothing can be
// read.

/// Active add-ons, with their versions.
std::vector<Candidate> active_ids(const std::string& root);
/// The same, and those that have been removed but still have versions here.
std::vector<Candidate> known_ids(const std::string& root);
/// Units of active add-ons, with their ids.
std::vector<Candidate> active_units(const std::string& root);
/// Generations to go back to, newest first, with the versions that are active in each.
std::vector<Candidate> earlier_generations(const std::string& root);

}  // namespace addon::cli
