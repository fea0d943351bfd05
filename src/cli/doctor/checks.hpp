#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cli/doctor/check.hpp"
#include "cli/options.hpp"
#include "cli/policy_files.hpp"
#include "cli/session.hpp"
#include "linux/filesystem.hpp"
#include "linux/host_facts.hpp"

/// What doctor looks at. Each of these reads only, but file_capabilities, which as root gives a capability to
/// a file that never has a name.
namespace addon::cli::doctor {

enum class As { root, user };

struct Patient {
  const GlobalOptions& options;
  Session& session;
  As caller = As::user;
  std::optional<LoadedPolicy> policy{};  ///< once it was read, and where it can be believed
};

// host_checks.cpp: what the kernel and its mounts let be done.
Checks kernel(const Patient& patient);
Checks mounts(const Patient& patient);
Checks file_capabilities(const Patient& patient);
Checks space(const Patient& patient);
Checks places(const Patient& patient);

// service_checks.cpp: who runs the host's services, and what time it is.
Checks systemd(const Patient& patient);
Checks clock(const Patient& patient);
Checks executor_on_bus(const Patient& patient);
Checks boot_recovery(const Patient& patient);

// site_checks.cpp: what the site has written. read_policy() is first: others ask what the policy says.
Checks read_policy(Patient& patient);
Checks keys(const Patient& patient);
Checks overrides(const Patient& patient);

// run_checks.cpp: what earlier runs left, and one that is under way.
Checks runs(const Patient& patient);
Checks records(const Patient& patient);

// people_checks.cpp: who may ask for what.
Checks accounts(const Patient& patient);
Checks caller(const Patient& patient);

// What facts mean, apart from where they come from.
Checks judge_mount(const std::string& place, const linux::Filesystem& filesystem);
Checks judge_space(const std::string& place, const linux::Filesystem& filesystem);
Check judge_manager(const linux::ManagerFacts& facts);
struct Times {
  std::chrono::system_clock::time_point now;
  std::chrono::system_clock::time_point program;  ///< when it was built or installed
  std::string last_generation;                    ///< RFC 3339, UTC; "" where there is none
  std::optional<bool> is_synchronised;
};
Checks judge_clock(const Times& times);

}  // namespace addon::cli::doctor
