#include "executor/recover.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <utility>

#include "executor/absent_directories.hpp"
#include "executor/audit.hpp"
#include "executor/generations.hpp"
#include "executor/incoming.hpp"
#include "executor/journal.hpp"
#include "executor/take_back.hpp"

namespace addon::executor {

namespace {

class Recovering {
 public:
  Recovering(OpenTransaction open, Ports& ports)
      : open_(std::move(open)), context_{ports, bundles_, open_.intent.transaction, learned_, known_} {}

  Result<Recovery> run() {
    const std::string what = fmt::format("cannot recover from the {} that was cut off at {}",
                                         open_.intent.verb, open_.intent.time);
    for (const Json& record : open_.intent.steps) {
      steps_.push_back(TRY_CONTEXT(what, read_run(record)));
    }
    recovery_.verb = open_.intent.verb;
    recovery_.time = open_.intent.time;
    if (TRY_CONTEXT(what, is_committed())) {
      TRY_CONTEXT(what, finish());
    } else {
      TRY_CONTEXT(what, undo());
    }
    TRY_CONTEXT(what, remove_if_undone());
    // Until this is told the journal stays, and there can be only one: nobody goes on meanwhile.
    TRY_CONTEXT(
        fmt::format("{} of {} was cut off and the host is whole again, but the audit log cannot be written",
                    open_.intent.verb, open_.intent.time),
        tell());
    TRY_CONTEXT(what, end_journal(context_.ports.root, open_.intent.transaction));
    TRY_CONTEXT(what, remove_if_undone());  // those that the journal itself stood in
    recovery_.warnings.insert(recovery_.warnings.end(), context_.notes.begin(), context_.notes.end());
    return std::move(recovery_);
  }

 private:
  Result<bool> is_committed() const {
    return has_generation(context_.ports.root, open_.intent.generation, open_.intent.plan_digest);
  }

  Result<> finish() {
    context_.ports.progress.doing(
        fmt::format("cleaning up after the {} that was cut off", open_.intent.verb));
    for (const auto& step : steps_) TRY(step->clean(context_));
    recovery_.outcome = Recovery::Outcome::finished;
    return {};
  }

  // Within one boot the journal says which steps were begun. After another one it may have lost lines
  // whose steps reached the disk; and of what ran, nothing does any more.
  Result<> undo() {
    context_.ports.progress.doing(fmt::format("undoing the {} that was cut off", open_.intent.verb));
    const bool same_boot =
        open_.intent.boot == context_.ports.platform.boot_id && context_.ports.units.is_live();
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (!same_boot) {
        open_.begun[i] = true;
        steps_[i]->forget_processes();
      }
      if (!open_.begun[i] || !same_boot) continue;
      context_.units_changed |= steps_[i]->changes_units();
      context_.units_started |= steps_[i]->starts_units();
    }
    TRY(discard_draft(context_.ports.root, open_.intent.generation));
    TakenBack left = take_back(steps_, open_.begun, context_);
    for (const Error& failure : left.services) recovery_.warnings.push_back(failure.message());
    recovery_.outcome = Recovery::Outcome::undone;
    if (left.files.empty()) return {};
    Error error = std::move(left.files.front());
    for (std::size_t i = 1; i < left.files.size(); ++i) error = std::move(error).followed_by(left.files[i]);
    return tl::unexpected(std::move(error).with_kind(ErrorKind::undo_failed));
  }

  // Where the run came as far as that itself, it has been told.
  Result<> tell() {
    AuditLog log = TRY(AuditLog::open(context_.ports));
    if (log.ends_with(open_.intent.transaction)) return {};
    const bool is_undone = recovery_.outcome == Recovery::Outcome::undone;
    return log.append(audit_record(open_.intent, is_undone ? AuditOutcome::undone : AuditOutcome::done));
  }

  Result<> remove_if_undone() {
    if (recovery_.outcome != Recovery::Outcome::undone) return {};
    return remove_directories(context_.ports.root, open_.intent.absent);
  }

  OpenTransaction open_;
  const std::map<AddonId, const bundle::Bundle*> bundles_;
  host::KnownDigests learned_;
  const host::KnownDigests known_;
  StepContext context_;
  std::vector<std::unique_ptr<StepRun>> steps_;
  Recovery recovery_;
};

}  // namespace

std::string Recovery::sentence() const {
  if (outcome == Outcome::nothing) return "";
  return fmt::format("{} of {} was cut off; it {}", verb, time,
                     outcome == Outcome::undone ? "was undone, and the host is as it was before"
                                                : "had been committed, and what it left over was removed");
}

Result<Recovery> recover(Ports& ports) {
  JournalState state = TRY(read_journal(ports.root));
  std::vector<std::string> warnings = remove_incoming(ports.root);
  const std::vector<std::string> damaged = TRY(quarantine(ports.root, state));
  warnings.insert(warnings.end(), damaged.begin(), damaged.end());
  const std::vector<std::string> records = TRY(put_damaged_aside(ports.root));
  warnings.insert(warnings.end(), records.begin(), records.end());
  Recovery recovery;
  if (state.open) recovery = TRY(Recovering(std::move(*state.open), ports).run());
  TRY_CONTEXT("cannot write the audit log", settle_audit(ports));
  recovery.warnings.insert(recovery.warnings.begin(), warnings.begin(), warnings.end());
  return recovery;
}

}  // namespace addon::executor
