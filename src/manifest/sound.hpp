#pragma once

#include <optional>
#include <string>

#include "manifest/manifest.hpp"

namespace addon::manifest {

/// Whether delivery and supervision make a pair.
bool is_pair(Delivery delivery, Supervision supervision);

/// Whether this could be a manifest that parse_manifest() returned without an error, as far as anybody relies
/// on it; else what could not. For one that another process says it has parsed: what its schema says of each
/// word that reaches a unit, a path, an account or a command line is said here once more, without a schema.
std::optional<std::string> why_unsound(const Manifest& manifest);

}  // namespace addon::manifest
