#pragma once

#include <memory>
#include <string>

#include "host/directory.hpp"
#include "host/package_database.hpp"
#include "host/program_runner.hpp"

namespace addon::linux {

/// Debian's packages, asked of dpkg-query(1) and dpkg(1) of the running system by their absolute paths;
/// deb-version(7). `root` is whose database is read and, as `root_path` ("/" for the running system), what
/// the tools are told. Both references must outlive it.
std::unique_ptr<host::PackageDatabase> make_dpkg(const host::Directory& root, std::string root_path,
                                                 host::ProgramRunner& programs);

/// RPM's packages, asked of rpm(8) in the same way; rpm-version(7).
std::unique_ptr<host::PackageDatabase> make_rpm(const host::Directory& root, std::string root_path,
                                                host::ProgramRunner& programs);

}  // namespace addon::linux
