#include "linux/lock_holder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <charconv>
#include <cstdint>
#include <sstream>
#include <string_view>
#include <vector>

#include "core/path.hpp"
#include "core/text.hpp"
#include "linux/directory.hpp"
#include "linux/lock.hpp"

namespace addon::linux {

namespace {
constexpr std::size_t largest_table = std::size_t{16} << 20U;
constexpr std::size_t most_of_record = 4096;

// A lock that is waited for has "->" before its kind.
std::optional<std::string> pid_of(const std::string& table, const std::string& place) {
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream text(line);
    std::string number, kind, mode, access, pid, where;
    text >> number >> kind >> mode >> access >> pid >> where;
    if (kind == "FLOCK" && where == place) return pid;
  }
  return std::nullopt;
}
}  // namespace

Result<std::optional<std::string>> lock_holder(const host::Directory& root, const host::Clock& clock) {
  const RelativePath path = RelativePath::of({"run", "addonctl", "lock"});
  const auto state = TRY(root.stat(path));
  if (!state) return std::nullopt;
  const auto top = TRY(open_root("/"));
  const std::string table = TRY_CONTEXT("cannot tell who holds the lock",
                                        top->read_file(RelativePath::of({"proc", "locks"}), largest_table));
  const std::uint64_t device = state->identity.device;
  const auto pid =
      pid_of(table, fmt::format("{:02x}:{:02x}:{}", major(device), minor(device), state->identity.inode));
  if (!pid) return std::nullopt;
  const std::string bare = fmt::format("pid {}", printable(*pid));
  const auto record = root.read_file(path, most_of_record);
  const std::string recorded = record ? holder_in(*record, clock) : "";
  // Written by one that has ended since, it says nothing of this one.
  return recorded.starts_with(bare + " ") ? recorded : bare;
}

}  // namespace addon::linux
