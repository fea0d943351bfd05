#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bundle/packer.hpp"
#include "core/finding.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::bundle {

/// Packs all files of a bundle's directory, the manifest first, then by name, for somebody who cannot look
/// into the directory: read_archive() with Form::directory reads it as read_directory() would have. Nothing
/// is judged but what an archive cannot carry: a directory with links, devices, set-id bits, extended
/// attributes, unsafe names, too many or too large files, or without one manifest is not packed, and the
/// result is all that read_directory() finds in it; else it is empty. Errors: those of the output, and of a
/// file that changed meanwhile.
Result<std::vector<Finding>> pack_for_transport(std::shared_ptr<const host::Directory> directory,
                                                const std::string& source, Output output);

}  // namespace addon::bundle
