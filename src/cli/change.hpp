#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cli/command.hpp"
#include "cli/policy_files.hpp"
#include "cli/report.hpp"
#include "cli/session.hpp"
#include "executor/prepare.hpp"
#include "linux/lock.hpp"

namespace addon::cli {

/// A verb that is about to change the host: it alone may, and it knows what policy allows.
struct Change {
  std::unique_ptr<Session> session;
  linux::HostLock lock;
  LoadedPolicy policy;
};

/// Takes the right to change the host, then reads its policy. Errors: kind unauthorised for
/// others than root, locked when somebody else has it; the policy's findings.
Result<Change> begin_change(const Context& context, std::string_view verb);

/// Shows the plan, asks where nobody consented, and runs it: all of it, or nothing. `done` is what
/// it says afterwards: "Applied". Errors among the findings end it before anything is shown.
Report finish_change(const Context& context, Change& change, executor::Prepared prepared, Consent consent,
                     std::string_view done);

/// Whether running the plan would do anything: change the host, or what is recorded about it.
bool has_changes(const plan::Plan& plan);

/// The findings of the policy and of the plan. Where there is no policy at all, that is the one
/// reason for everything that it does not allow: rule policy-missing.
std::vector<Finding> all_findings(const LoadedPolicy& policy, const executor::Prepared& prepared);

}  // namespace addon::cli
