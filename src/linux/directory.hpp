#pragma once

#include <memory>
#include <string>

#include "core/result.hpp"
#include "host/directory.hpp"

/// Directories of the running system. See host/directory.hpp for how paths below them resolve.
namespace addon::linux {

/// Opens the directory that all paths of a host are below: "/" or what --root names. No part of
/// the path may be a symlink. Who may write to it is not looked at: see open_trusted_directory()
/// in linux/trust.hpp.
Result<std::unique_ptr<host::Directory>> open_root(const std::string& absolute_path);

/// Opens a directory that the caller named, such as a bundle's. The directory itself must not be
/// a symlink; its ancestors may be, since how to get there is the caller's to say.
Result<std::unique_ptr<host::Directory>> open_directory_path(const std::string& path);

/// Opens a regular file that the caller named, for reading; it must not be a symlink either. A fifo never
/// blocks.
Result<std::unique_ptr<host::File>> open_file_path(const std::string& path);

}  // namespace addon::linux
