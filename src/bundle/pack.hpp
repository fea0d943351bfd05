#pragma once

#include "bundle/bundle.hpp"
#include "bundle/packer.hpp"
#include "core/result.hpp"

namespace addon::bundle {

/// Writes a bundle that was read from a directory, hashed, as one archive: the manifest first, then its files
/// by name, with the modes that they get when they are staged, without times, owners and directories. The
/// same files give the same bytes. Errors: those of the output, and of a file that is not what was hashed any
/// more.
Result<> pack(const Bundle& bundle, Packing packing, Output output);

}  // namespace addon::bundle
