#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "cli/command.hpp"
#include "cli/policy_files.hpp"
#include "cli/report.hpp"
#include "cli/session.hpp"
#include "executor/prepare.hpp"
#include "executor/recover.hpp"
#include "linux/lock.hpp"

namespace CLI {
class App;
}

namespace addon::cli {

/// The right to change the host, which it is given whole: what an earlier run was cut off from is undone or
/// finished.
struct HeldHost {
  std::unique_ptr<Session> session;
  linux::HostLock lock;
  executor::Recovery recovery;
};

/// A verb that is about to change the host: it alone may, and it knows what policy allows.
struct Change {
  std::unique_ptr<Session> session;
  linux::HostLock lock;
  executor::Recovery recovery;
  LoadedPolicy policy;
};

/// Declares --wait DURATION, for a verb that changes the host.
void declare_wait(CLI::App& app, Arguments& arguments);

/// Takes the right to change the host, for which it waits so long, and recovers it, with a note where there
/// was something to recover. Errors: kind unauthorised for others than root, locked when somebody else has
/// it, undo_failed when the host could not be made whole.
Result<HeldHost> hold_host(const Context& context, std::string_view verb, std::chrono::milliseconds wait);

/// {"outcome", "verb", "time"}; null where there was nothing to recover.
Json to_json(const executor::Recovery& recovery);

/// Holds the host, then reads its policy. Errors: as hold_host; the policy's findings.
Result<Change> begin_change(const Context& context, std::string_view verb, std::chrono::milliseconds wait);

/// Whether somebody has to be asked, and what for: after the answer everything is looked at again.
struct Asking {
  Consent consent = Consent::ask;
  executor::Request request{};  ///< not needed where nobody is asked
  /// What the caller was shown and said yes to, by its digest; whoever agreed is neither shown it again nor
  /// asked.
  std::optional<std::string> agreed{};
};

/// Shows the plan, asks where nobody consented, and runs it: all of it, or nothing. `done` is what
/// it says afterwards: "Applied". Errors among the findings end it before anything is shown; where policy,
/// bundles or host changed while the question stood, the answer was to another plan, and the error is of kind
/// stale. Where the answer comes later, the report's "question" is the digest to agree to, and nothing was
/// changed.
Report finish_change(const Context& context, Change& change, executor::Prepared prepared,
                     const Asking& asking, std::string_view done);

/// Asks the question of finish_change(): Ctrl-C is a no.
bool asked_and_agreed(const Context& context);
/// What a run came to that nobody agreed to.
Report cancelled(Report report);

/// Whether running the plan would do anything: change the host, or what is recorded about it.
bool has_changes(const plan::Plan& plan);

/// The findings of the policy and of the plan. Where there is no policy at all, that is the one
/// reason for everything that it does not allow: rule policy-missing.
std::vector<Finding> all_findings(const LoadedPolicy& policy, const executor::Prepared& prepared);

}  // namespace addon::cli
