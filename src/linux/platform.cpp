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

/// What uname -m says, as Go says it: https://go.dev/doc/install/source#environment
std::string go_name(std::string_view machine) {
  struct Name {
    std::string_view machine;
    std::string_view go;
  };
  constexpr std::array<Name, 10> names = {{{"x86_64", "amd64"},
                                           {"aarch64", "arm64"},
                                           {"armv6l", "arm"},
                                           {"armv7l", "arm"},
                                           {"i386", "386"},
                                           {"i686", "386"},
                                           {"loongarch64", "loong64"},
                                           {"mips64", "mips64"},
                                           {"ppc64le", "ppc64le"},
                                           {"riscv64", "riscv64"}}};
  for (const Name& name : names) {
    if (name.machine == machine) return std::string(name.go);
  }
  return std::string(machine);
}

Result<> look_at_machine(host::PlatformFacts& facts) {
  utsname name{};
  if (uname(&name) != 0) return tl::unexpected(Error::from_errno(errno, "cannot tell what machine this is"));
  facts.os = to_lower(&name.sysname[0]);
  facts.arch = go_name(&name.machine[0]);
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
}  // namespace

Result<host::PlatformFacts> read_platform(const host::Directory& root) {
  host::PlatformFacts facts;
  const auto top = TRY(open_root("/"));
  facts.known_capabilities = TRY(known_to_kernel(*top));
  facts.boot_id = TRY(boot_id(*top));
  TRY(look_at_machine(facts));
  facts.has_systemd = TRY(top->stat(RelativePath::of({"run", "systemd", "system"}))).has_value();
  TRY(look_at_staging(root, facts));
  return facts;
}

}  // namespace addon::linux
