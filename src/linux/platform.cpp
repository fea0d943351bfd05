#include "linux/platform.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <string>
#include <utility>

#include "core/text.hpp"
#include "linux/directory.hpp"
#include "linux/resolve.hpp"
#include "linux/tree.hpp"

namespace addon::linux {

namespace {
constexpr std::size_t largest_number = 64;

Result<std::string> boot_id(const host::Directory& top) {
  const RelativePath path = RelativePath::of({"proc", "sys", "kernel", "random", "boot_id"});
  return std::string(
      trim(TRY_CONTEXT("cannot tell which boot this is", top.read_file(path, largest_number))));
}

Result<CapabilitySet> known_to_kernel(const host::Directory& top) {
  const std::string text =
      TRY_CONTEXT("cannot tell which capabilities this kernel knows",
                  top.read_file(RelativePath::of({"proc", "sys", "kernel", "cap_last_cap"}), largest_number));
  const std::string_view digits = trim(text);
  unsigned last = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), last);
  if (failure != std::errc{} || end != digits.data() + digits.size()) {
    return tl::unexpected(
        Error("cannot tell which capabilities this kernel knows: "
              "/proc/sys/kernel/cap_last_cap says " +
              quoted(text)));
  }
  CapabilitySet known;
  for (unsigned number = 0; number <= last && number < Capability::count(); ++number) {
    known.insert(Capability::from_number(number));
  }
  return known;
}

Result<> look_at_filesystem(const host::Directory& directory, host::PlatformFacts& facts) {
  const int fd = TRY(descriptor_of(directory));
  struct statvfs filesystem {};
  if (fstatvfs(fd, &filesystem) != 0) {
    return tl::unexpected(open_error("look at the filesystem of", directory.path(), errno));
  }
  facts.nosuid = (filesystem.f_flag & ST_NOSUID) != 0;
  // A directory has none; what tells is whether the filesystem knows what is asked for. capabilities(7).
  facts.file_capabilities = fgetxattr(fd, "security.capability", nullptr, 0) >= 0 || errno != EOPNOTSUPP;
  return {};
}

/// Of /opt/addons or, while that is absent, of the directory that it would be made in.
Result<> look_at_staging(const host::Directory& root, host::PlatformFacts& facts) {
  std::unique_ptr<host::Directory> nearest;
  for (const auto& path : {RelativePath::of({"opt", "addons"}), RelativePath::of({"opt"})}) {
    nearest = TRY(root.open_directory_if_present(path));
    if (nearest) break;
  }
  return look_at_filesystem(nearest ? *nearest : root, facts);
}
/// uname(2), and what Go calls it.
std::string architecture() {
  constexpr std::array<std::pair<std::string_view, const char*>, 5> names = {{{"x86_64", "amd64"},
                                                                              {"i686", "386"},
                                                                              {"i386", "386"},
                                                                              {"aarch64", "arm64"},
                                                                              {"loongarch64", "loong64"}}};
  utsname kernel{};
  if (uname(&kernel) != 0) return "";
  const std::string_view machine = kernel.machine;
  for (const auto& [its_name, go_name] : names) {
    if (machine == its_name) return go_name;
  }
  return machine.starts_with("armv") ? "arm" : std::string(machine);
}
}  // namespace

Result<host::PlatformFacts> read_platform(const host::Directory& root) {
  host::PlatformFacts facts;
  const auto top = TRY(open_root("/"));
  facts.known_capabilities = TRY(known_to_kernel(*top));
  facts.boot_id = TRY(boot_id(*top));
  facts.arch = architecture();
  TRY(look_at_staging(root, facts));
  return facts;
}

}  // namespace addon::linux
