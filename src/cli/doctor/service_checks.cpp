// Who runs the host's services, and what time it is.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "cli/doctor/checks.hpp"
#include "executor/generations.hpp"
#include "executor/layout.hpp"
#include "executor/timestamp.hpp"

namespace addon::cli::doctor {

namespace {
constexpr std::string_view kSystemd = "systemd";
constexpr std::string_view kClock = "clock";
constexpr std::string_view kExecutor = "executor";
constexpr std::string_view kBootRecovery = "boot-recovery";

// The oldest that addonctl is tested with.
constexpr unsigned kOldestSystemd = 252;
constexpr const char* kBusName = "io.addonctl.Executor1";
constexpr const char* kRecoveryUnit = "addonctl-recover.service";

std::string written(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

bool is_there(const host::Directory& root, const RelativePath& path) {
  const auto state = root.stat(path);
  return state && state->has_value();
}
}  // namespace

Check judge_manager(const linux::ManagerFacts& facts) {
  const std::string self = facts.version == 0 ? "systemd" : fmt::format("systemd {}", facts.version);
  if (facts.state == "maintenance") {
    return problem(kSystemd, fmt::format("{} is in maintenance: the rescue or emergency target", self),
                   "mend what stopped the boot (systemctl --failed), then systemctl default");
  }
  if (facts.state == "stopping") {
    return problem(kSystemd, fmt::format("{} is shutting the host down", self),
                   "apply when the host has booted again");
  }
  if (facts.version != 0 && facts.version < kOldestSystemd) {
    return warning(
        kSystemd,
        fmt::format("{} is older than {}, the oldest that addonctl is tested with", self, kOldestSystemd),
        "upgrade the host's systemd");
  }
  if (facts.state == "initializing" || facts.state == "starting") {
    return warning(kSystemd, fmt::format("{} is still booting the host", self),
                   "wait for it: systemctl is-system-running --wait");
  }
  if (facts.state == "degraded") {
    return ok(kSystemd, fmt::format("{} runs; some units have failed (systemctl --failed), which is no "
                                    "obstacle",
                                    self));
  }
  return ok(kSystemd, fmt::format("{} runs", self));
}

Checks systemd(const Patient& patient) {
  if (!patient.session.is_live()) return {};
  if (!patient.session.ports().platform.has_systemd) {
    return {warning(kSystemd,
                    "systemd does not run this host, so add-ons that it would run cannot be activated",
                    "boot the host with systemd; or prepare one that is not booted with --root DIR")};
  }
  const auto facts = linux::read_manager_facts();
  if (facts) return {judge_manager(*facts)};
  if (patient.caller != As::root) return {unknown(kSystemd, facts.error().message())};
  return {problem(kSystemd, facts.error().message(),
                  "systemctl status and journalctl -b _PID=1 say what became of it")};
}

Checks judge_clock(const Times& times) {
  const std::string fix =
      "set it: timedatectl set-time, or let a time service do it: timedatectl set-ntp true";
  const std::string now = written(times.now);
  if (times.now < times.program) {
    return {problem(kClock,
                    fmt::format("it says {}, but this program was written at {}; grants that have expired "
                                "would hold again",
                                now, written(times.program)),
                    fix)};
  }
  // Both are RFC 3339 in UTC, so that they sort as text.
  if (!times.last_generation.empty() && now < times.last_generation) {
    return {
        problem(kClock,
                fmt::format("it says {}, but the last generation was made at {}; grants that have expired "
                            "would hold again",
                            now, times.last_generation),
                fix)};
  }
  if (times.is_synchronised == true) return {ok(kClock, "is right, as far as the kernel knows")};
  return {ok(kClock,
             "is later than all that is recorded; whether it is right nobody keeps watch over "
             "(timedatectl)")};
}

Checks clock(const Patient& patient) {
  const auto program = linux::program_time();
  if (!program) return {unseen(kClock, program.error())};
  const auto last = executor::read_last_generation(patient.session.root());
  const auto synchronised = linux::clock_is_synchronised();
  return judge_clock({patient.session.clock().now(), *program, last ? last->generation.time : "",
                      synchronised ? std::optional(*synchronised) : std::nullopt});
}

Checks executor_on_bus(const Patient& patient) {
  if (!patient.session.is_live()) return {};
  const auto found = linux::is_on_bus(kBusName);
  if (!found) return {unknown(kExecutor, found.error().message() + "; root needs no bus")};
  if (*found) return {ok(kExecutor, fmt::format("the system bus starts {} when somebody asks it", kBusName))};
  return {warning(kExecutor,
                  fmt::format("the system bus knows no {}, so that only root can change this host", kBusName),
                  "install the package addonctl; after that, systemctl reload dbus")};
}

Checks boot_recovery(const Patient& patient) {
  const host::Directory& root = patient.session.root();
  const RelativePath local = executor::units_dir();
  const RelativePath packaged = RelativePath::of({"usr", "lib", "systemd", "system"});
  const RelativePath older = RelativePath::of({"lib", "systemd", "system"});
  const std::array folders = {local, packaged, older};
  const bool is_installed = std::any_of(folders.begin(), folders.end(), [&](const RelativePath& folder) {
    return is_there(root, folder / kRecoveryUnit);
  });
  if (!is_installed) {
    return {warning(kBootRecovery,
                    fmt::format("{} is not installed: after a power cut in mid-run the host boots half way "
                                "between two generations",
                                kRecoveryUnit),
                    "install the package addonctl, or cmake --install")};
  }
  const bool is_enabled = std::any_of(folders.begin(), folders.end(), [&](const RelativePath& folder) {
    return is_there(root, folder / "sysinit.target.wants" / kRecoveryUnit);
  });
  if (is_enabled) return {ok(kBootRecovery, "a run that a power cut ends is undone or finished at boot")};
  const std::string of_root =
      patient.options.root.empty() ? "" : fmt::format(" --root={}", patient.options.root);
  return {warning(kBootRecovery, fmt::format("{} is not enabled", kRecoveryUnit),
                  fmt::format("systemctl{} add-wants sysinit.target {}", of_root, kRecoveryUnit))};
}

}  // namespace addon::cli::doctor
