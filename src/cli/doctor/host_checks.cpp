// What the kernel and its mounts let be done.
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "cli/doctor/checks.hpp"
#include "core/text.hpp"
#include "executor/layout.hpp"
#include "linux/trust.hpp"

namespace addon::cli::doctor {

namespace {
constexpr std::string_view kKernel = "kernel";
constexpr std::string_view kMounts = "mounts";
constexpr std::string_view kFileCapabilities = "file-capabilities";
constexpr std::string_view kSpace = "space";
constexpr std::string_view kPlaces = "places";

// Less is no room for the records of a run; a few add-ons more is what people expect to fit.
constexpr std::uint64_t kNoBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kFewBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kNoInodes = 32;
constexpr std::uint64_t kFewInodes = 1000;

/// A directory of the host or, while that is absent, the nearest above it that is there.
struct Nearest {
  std::unique_ptr<host::Directory> opened;
  host::Directory* directory;
};

Result<Nearest> nearest_to(host::Directory& root, const RelativePath& path) {
  std::string rest = path.str();
  for (;;) {
    auto found = TRY(root.open_directory_if_present(TRY(RelativePath::parse(rest))));
    if (found != nullptr) {
      host::Directory* directory = found.get();
      return Nearest{std::move(found), directory};
    }
    const auto slash = rest.rfind('/');
    if (slash == std::string::npos) return Nearest{nullptr, &root};
    rest.resize(slash);
  }
}

std::string place_name(const RelativePath& path) { return "/" + path.str(); }

Checks allowed_but_unknown(const policy::Allowances& allowances, CapabilitySet known) {
  Checks checks;
  for (const auto& line : allowances.capabilities_allow) {
    if (known.contains(line.value)) continue;
    checks.push_back(warning(
        kKernel,
        fmt::format("this kernel knows no {}, which {} allows", line.value.name(), to_string(line.at)),
        "boot a kernel that knows it; until then an add-on that asks for it is refused"));
  }
  return checks;
}

Check few_left(const std::string& place, const std::string& left, Standing standing) {
  const std::string fix = fmt::format(
      "free some: addonctl gc removes versions that nothing goes back to, "
      "df -h and df -i {} show the rest",
      place);
  std::string message = fmt::format("the filesystem of {} has only {} left", place, left);
  return standing == Standing::problem ? problem(kSpace, std::move(message), fix)
                                       : warning(kSpace, std::move(message), fix);
}
}  // namespace

Checks kernel(const Patient& patient) {
  const CapabilitySet known = patient.session.ports().platform.known_capabilities;
  Checks checks;
  if (patient.policy) {
    append(checks, allowed_but_unknown(patient.policy->policy.site, known));
    for (const policy::Grant& grant : patient.policy->policy.grants)
      append(checks, allowed_but_unknown(grant.allowances, known));
  }
  if (!checks.empty()) return checks;
  return {ok(kKernel, patient.policy ? "knows every capability that the policy allows"
                                     : fmt::format("knows {} capabilities", known.members().size()))};
}

Checks judge_mount(const std::string& place, const linux::Filesystem& filesystem) {
  const auto remount = [&](std::string_view option, std::string_view bad) {
    return fmt::format(
        "mount -o remount,{} the filesystem that {} is on, and take {} out of /etc/fstab; or "
        "give {} a filesystem of its own",
        option, place, bad, place);
  };
  Checks checks;
  const bool has_programs = place == place_name(executor::addons_dir());
  if (has_programs && filesystem.is_nosuid) {
    checks.push_back(
        problem(kMounts, fmt::format("{} is mounted nosuid: file capabilities have no effect there", place),
                remount("suid", "nosuid")));
  }
  if (has_programs && filesystem.is_noexec) {
    checks.push_back(problem(kMounts,
                             fmt::format("{} is mounted noexec: nothing there can be started", place),
                             remount("exec", "noexec")));
  }
  if (filesystem.is_read_only) {
    checks.push_back(
        problem(kMounts, fmt::format("{} is on a read-only filesystem", place),
                fmt::format("mount -o remount,rw that filesystem; if the kernel made it so after "
                            "an error of the disk, dmesg says why")));
  }
  return checks;
}

Checks mounts(const Patient& patient) {
  Checks checks;
  for (const RelativePath& path : {executor::addons_dir(), executor::state_dir(), executor::units_dir()}) {
    const auto nearest = nearest_to(patient.session.root(), path);
    const auto filesystem = nearest ? linux::filesystem_of(*nearest->directory)
                                    : Result<linux::Filesystem>(tl::unexpected(nearest.error()));
    if (!filesystem) {
      checks.push_back(unseen(kMounts, filesystem.error()));
    } else {
      append(checks, judge_mount(place_name(path), *filesystem));
    }
  }
  if (checks.empty())
    checks.push_back(ok(kMounts, "/opt/addons can be written, and what is there be started"));
  return checks;
}

Checks file_capabilities(const Patient& patient) {
  const std::string fix = "put /opt/addons on another filesystem, such as ext4 or xfs";
  const std::string none = "the filesystem of /opt/addons takes no file capabilities";
  if (!patient.session.ports().platform.file_capabilities) return {problem(kFileCapabilities, none, fix)};
  if (patient.caller != As::root) {
    return {unknown(kFileCapabilities,
                    "the filesystem of /opt/addons knows of them; only root can try whether it takes them")};
  }
  const auto nearest = nearest_to(patient.session.root(), executor::addons_dir());
  const auto taken =
      nearest ? nearest->directory->takes_capabilities() : Result<bool>(tl::unexpected(nearest.error()));
  if (taken) {
    return {*taken ? ok(kFileCapabilities, "the filesystem of /opt/addons takes them")
                   : problem(kFileCapabilities, none, fix)};
  }
  // What is full or read-only is told by itself.
  const int why = taken.error().errno_value();
  if (why == EROFS || why == ENOSPC || why == EDQUOT)
    return {unknown(kFileCapabilities, "cannot be tried: " + taken.error().message())};
  return {problem(kFileCapabilities, taken.error().message(),
                  "let root have CAP_SETFCAP here; in a container it may be taken away")};
}

Checks judge_space(const std::string& place, const linux::Filesystem& filesystem) {
  Checks checks;
  const std::uint64_t bytes = filesystem.free_bytes;
  if (bytes < kFewBytes) {
    checks.push_back(
        few_left(place, size_text(bytes), bytes < kNoBytes ? Standing::problem : Standing::warning));
  }
  if (filesystem.free_inodes && *filesystem.free_inodes < kFewInodes) {
    const std::uint64_t inodes = *filesystem.free_inodes;
    checks.push_back(few_left(place, fmt::format("{} inode{}", inodes, inodes == 1 ? "" : "s"),
                              inodes < kNoInodes ? Standing::problem : Standing::warning));
  }
  if (checks.empty())
    checks.push_back(ok(kSpace, fmt::format("{} are left for {}", size_text(bytes), place)));
  return checks;
}

Checks space(const Patient& patient) {
  Checks checks;
  std::optional<std::uint64_t> seen;
  for (const RelativePath& path : {executor::addons_dir(), executor::state_dir()}) {
    const auto nearest = nearest_to(patient.session.root(), path);
    if (!nearest) continue;  // mounts() says so
    const auto state = nearest->directory->state();
    // One filesystem is told of once.
    if (!state || seen == state->identity.device) continue;
    seen = state->identity.device;
    if (const auto filesystem = linux::filesystem_of(*nearest->directory))
      append(checks, judge_space(place_name(path), *filesystem));
  }
  return checks;
}

Checks places(const Patient& patient) {
  Checks checks;
  for (const RelativePath& path : {executor::addons_dir(), executor::state_dir(), executor::units_dir()}) {
    const auto trusted = linux::check_trusted(patient.session.path(place_name(path)));
    if (trusted || trusted.error().errno_value() == ENOENT) continue;
    Check check = unseen(kPlaces, trusted.error());
    if (check.fix.empty() && check.standing == Standing::problem)
      check.fix = "let root alone own it, and let it be no symbolic link";
    checks.push_back(std::move(check));
  }
  if (checks.empty()) checks.push_back(ok(kPlaces, "what addonctl writes to is root's alone"));
  return checks;
}

}  // namespace addon::cli::doctor
