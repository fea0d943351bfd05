#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "executor/prepare.hpp"

namespace addon::cli {

/// One thing on the host that is not as the last generation records it.
struct Drift {
  std::string addon;  ///< empty for what concerns the host as a whole
  /// Of a file: "bytes", "mode", "owner", "links", "missing", "stray", "file-capabilities". Else: "version",
  /// "unit", "drop-in", "state-dir", "current", "enablement", "running", "tree", "registry".
  std::string kind;
  std::string path;  ///< on the host, or the unit's name; may be empty
  std::string expected;
  std::string actual;
};

/// What a plan that repairs the host finds to repair, and what it finds that it cannot.
std::vector<Drift> find_drift(const executor::Prepared& repair);

/// "unit /etc/systemd/system/x.service: expected …, found …", broken and indented where that is longer than
/// what `taken` columns leave of a line.
std::string render(const Drift& drift, std::size_t taken = 4);
Json to_json(const Drift& drift);
Json to_json(const std::vector<Drift>& drift);

}  // namespace addon::cli
