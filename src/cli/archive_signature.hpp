#pragma once

#include <string>

#include "bundle/bundle.hpp"

namespace addon::cli {

/// Gives an archive that was read the signature that stands at PATH.minisig, if any does; it is of the
/// archive's bytes, as they went by when it was read. One that cannot be read is a finding, and no bundle.
/// Findings call the archive `name`.
void add_signature(bundle::ReadBundle& read, const std::string& path, const std::string& name);

/// The same where its text has been read from a file that findings call `name`.
void attach_signature(bundle::ReadBundle& read, std::string text, std::string name);

}  // namespace addon::cli
