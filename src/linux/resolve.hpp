#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "core/error.hpp"
#include "core/unique_fd.hpp"
#include "host/directory.hpp"

/// How every path of this room is resolved, and how a failure to do so is told.
namespace addon::linux {

/// Calls until it succeeds or fails with something other than EINTR. signal(7).
template <class Call>
auto retry(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

enum class Mounts { cross, stay };

/// openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS, and with
/// Mounts::stay RESOLVE_NO_XDEV; O_CLOEXEC is added. On failure the errno. The mode of a new file
/// is 0600 less the umask.
tl::expected<UniqueFd, int> open_beneath(int directory, const std::string& path, int flags,
                                         Mounts mounts = Mounts::cross);

/// "BASE/RELATIVE", fit to print whatever it is made of.
std::string shown_path(std::string_view base, std::string_view relative);

/// What is wrong, in words where the name of the errno says too little: "it is a symbolic link,
/// which addonctl never follows".
std::string explain(int errno_value);

/// The error of a call on a path below an open directory: "cannot DOING BASE/RELATIVE: it is …".
/// Where a directory on the way is at fault, that one is named. Keeps the errno.
Error path_error(std::string_view doing, int directory, std::string_view base, std::string_view relative,
                 int errno_value);

/// The error of a call on what is open already: "cannot DOING PATH: …". Keeps the errno.
Error open_error(std::string_view doing, std::string_view path, int errno_value);

/// "cannot DOING PATH: REASON", with the errno that comes nearest to the reason.
Error refusal(std::string_view doing, std::string_view path, std::string_view reason, int errno_value);

/// statx(2) of an entry itself, or of the descriptor when `name` is empty. On failure the errno.
tl::expected<host::FileState, int> state_at(int directory, const std::string& name);

/// Whether an entry that could not be removed is absent: says so itself (ENOENT), or stands on a
/// read-only filesystem, whose EROFS comes before anyone looks. Leaves errno as it was given.
bool is_gone(int directory, const std::string& name, int errno_value);

}  // namespace addon::linux
