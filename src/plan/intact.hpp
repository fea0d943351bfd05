#pragma once

#include "host/state.hpp"
#include "plan/release.hpp"

// Whether an installed version is what a release says.
namespace addon::plan {

/// The file of that path, or null.
const host::InstalledFile* find_file(const host::InstalledVersion& version, const RelativePath& path);

/// Bytes, owner, mode and nothing besides: capabilities are another step's.
bool is_intact(const host::InstalledVersion& found, const Release& wanted, const host::HostState& host);

/// The bytes are as wanted and nothing else is there, whoever owns it.
bool has_same_bytes(const host::InstalledVersion& found, const Release& wanted);

}  // namespace addon::plan
