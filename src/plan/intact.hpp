#pragma once

#include <string>
#include <vector>

#include "host/state.hpp"
#include "plan/release.hpp"

// Whether an installed version is what a release says.
namespace addon::plan {

/// The file of that path, or null.
const host::InstalledFile* find_file(const host::InstalledVersion& version, const RelativePath& path);

/// One thing about one file that is not as wanted.
struct FileDifference {
  std::string path;      ///< below the version's directory
  std::string kind;      ///< "bytes", "links", "missing", "mode", "owner" or "stray"
  std::string expected;  ///< empty for a stray file
  std::string actual;    ///< empty for a missing one
};

/// Everything about bytes, owners and modes, and whatever else is there; capabilities are another step's.
std::vector<FileDifference> differences(const host::InstalledVersion& found, const Release& wanted,
                                        const host::HostState& host);

/// There is no difference.
bool is_intact(const host::InstalledVersion& found, const Release& wanted, const host::HostState& host);

/// The bytes are as wanted and nothing else is there, whoever owns it.
bool has_same_bytes(const host::InstalledVersion& found, const Release& wanted);

}  // namespace addon::plan
