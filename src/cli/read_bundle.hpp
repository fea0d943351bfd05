#pragma once

#include <string>

#include "bundle/bundle.hpp"
#include "cli/command.hpp"
#include "core/result.hpp"

namespace addon::cli {

/// Reads a bundle whole, hashed, without a host that it is for: a directory, the manifest in it, an archive,
/// or the artifact of a manifest for the running machine. Its findings have those of lint that need no
/// policy. Errors have findings.
Result<bundle::ReadBundle> read_whole(const Context& context, const std::string& path);

}  // namespace addon::cli
