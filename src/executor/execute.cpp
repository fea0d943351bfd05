#include "executor/execute.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "executor/absent_directories.hpp"
#include "executor/audit.hpp"
#include "executor/generations.hpp"
#include "executor/journal.hpp"
#include "executor/layout.hpp"
#include "executor/preflight.hpp"
#include "executor/random_name.hpp"
#include "executor/steps/step_run.hpp"
#include "executor/take_back.hpp"
#include "executor/timestamp.hpp"

namespace addon::executor {

namespace {

/// " (signed by release)", or "" where nobody did.
std::string signed_by(const plan::Plan& plan, const AddonId& id) {
  const auto found = plan.signers.find(id);
  return found == plan.signers.end() ? "" : fmt::format(" (signed by {})", found->second.key);
}

std::string describe_changes(const plan::Plan& plan) {
  std::string text;
  const auto add = [&](const std::string& part) { text += text.empty() ? part : "; " + part; };
  for (const auto& [id, change] : plan.changes) {
    switch (change.kind) {
      case plan::ChangeKind::add:
        add(fmt::format("added {} {}", id.str(), change.to->str()) + signed_by(plan, id));
        break;
      case plan::ChangeKind::remove:
        add(fmt::format("removed {} {}", id.str(), change.from->str()));
        break;
      case plan::ChangeKind::update:
        add((change.from == change.to
                 ? fmt::format("repaired {} {}", id.str(), change.to->str())
                 : fmt::format("changed {} {} to {}", id.str(), change.from->str(), change.to->str())) +
            signed_by(plan, id));
        break;
      case plan::ChangeKind::unchanged:
      case plan::ChangeKind::unsupported:
        break;
    }
  }
  for (const plan::Step& step : plan.steps) {
    if (const auto* purge = std::get_if<plan::PurgeStateDir>(&step.action))
      add(fmt::format("deleted {} of {}", purge->path, purge->addon.str()));
  }
  return text.empty() ? "wrote the registry anew" : text;
}

std::vector<std::string> changed_addons(const plan::Plan& plan) {
  std::vector<std::string> ids;
  for (const auto& changed : plan.changes) {
    const AddonId& id = changed.first;
    const plan::AddonChange& change = changed.second;
    const bool is_purged = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const plan::Step& step) {
      const auto* purge = std::get_if<plan::PurgeStateDir>(&step.action);
      return purge != nullptr && purge->addon == id;
    });
    const bool is_left =
        change.kind == plan::ChangeKind::unchanged || change.kind == plan::ChangeKind::unsupported;
    if (!is_left || is_purged) ids.push_back(id.str());
  }
  return ids;
}

/// One run: all of the steps, or none.
class Transaction {
 public:
  Transaction(const plan::Plan& plan, const plan::Generation& base, Ports& ports,
              const std::map<AddonId, const bundle::Bundle*>& bundles, std::string name)
      : plan_(plan), base_(base), context_{ports, bundles, std::move(name), learned_, base.known} {}

  Result<Outcome> run() {
    const auto done = perform_and_commit();
    if (!done) return tl::unexpected(undo(done.error()));
    Outcome outcome{.generation = base_.number + 1, .warnings = {}};
    if (const auto told = audit_->append(audit_record(intent_, AuditOutcome::done)); !told) {
      outcome.warnings.push_back("cannot write the audit log: " + told.error().message());
    }
    for (const auto& step : runs_) {
      const auto cleaned = step->clean(context_);
      if (!cleaned) outcome.warnings.push_back("cannot clean up: " + cleaned.error().message());
    }
    if (outcome.warnings.empty()) {  // else the next run tries again
      const auto ended = end_journal(context_.ports.root, context_.transaction);
      if (!ended) outcome.warnings.push_back("cannot clean up: " + ended.error().message());
    }
    std::move(context_.notes.begin(), context_.notes.end(), std::back_inserter(outcome.warnings));
    return outcome;
  }

 private:
  // Nothing here throws by design; what does all the same (memory runs out) must not leave the host
  // half-way.
  Result<> perform_and_commit() {
    try {
      TRY(begin());
      TRY(perform());
      return commit();
    } catch (const std::exception& error) {
      return tl::unexpected(Error(fmt::format("unexpected failure: {}", error.what())));
    }
  }

  Result<> begin() {
    if (context_.ports.is_interrupted()) return tl::unexpected(Error("interrupted"));
    TRY(preflight(plan_, context_.bundles, context_.ports));
    intent_ = Intent{.transaction = context_.transaction,
                     .verb = plan_.verb,
                     .time = timestamp(context_.ports.clock),
                     .boot = context_.ports.platform.boot_id,
                     .generation = base_.number + 1,
                     .plan_digest = plan::digest_of(plan_).str(),
                     .policy_digest = plan_.policy.str(),
                     .summary = describe_changes(plan_),
                     .addons = changed_addons(plan_),
                     .caller = context_.ports.caller,
                     .steps = {},
                     .absent = {}};
    std::vector<RelativePath> directories = {journal_dir(), generations_dir()};
    for (const plan::Step& step : plan_.steps) {
      if (const auto* stage = std::get_if<plan::Stage>(&step.action)) {
        context_.staged.emplace(stage->addon, stage->version);
      }
    }
    context_.last_head = {base_.number, base_.plan_digest};
    context_.next_head = {intent_.generation, intent_.plan_digest};
    for (const plan::Step& step : plan_.steps) {
      runs_.push_back(make_run(step.action));
      intent_.steps.push_back(TRY(runs_.back()->record(context_)));
      for (RelativePath& path : runs_.back()->directories()) directories.push_back(std::move(path));
    }
    begun_.resize(runs_.size());
    absent_ = TRY(absent_directories(context_.ports.root, directories));
    intent_.absent = absent_;
    journal_ = TRY_CONTEXT("cannot write down what is about to be done",
                           Journal::begin(context_.ports.root, intent_));
    audit_ = TRY(AuditLog::open(context_.ports));
    return {};
  }

  Result<> perform() {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (context_.ports.is_interrupted()) return tl::unexpected(Error("interrupted"));
      context_.ports.progress.doing(runs_[i]->doing());
      TRY(journal_->begin_step(i));
      begun_[i] = true;
      TRY(runs_[i]->perform(context_));
    }
    return {};
  }

  Result<> commit() {
    plan::Generation next{.number = base_.number + 1,
                          .time = timestamp(context_.ports.clock),
                          .verb = plan_.verb,
                          .plan_digest = intent_.plan_digest,
                          .summary = intent_.summary,
                          .caller = context_.ports.caller,
                          .addons = plan_.result,
                          .drop_ins = plan_.drop_ins,
                          .known = {}};
    next.committed = base_.committed;
    plan::remember_committed(next);
    learn(next);
    const std::string what = "cannot record the new generation";
    records_ = TRY_CONTEXT(what, context_.ports.root.make_directories(generations_dir()));
    TRY_CONTEXT(what, commit_generation(*records_, next));
    return {};
  }

  // Digests that later runs need not compute again: of what is installed now and was read by this
  // run or known before, and of the bundle files that it came from. Never of what nobody read.
  void learn(plan::Generation& next) const {
    std::set<Digest> current;
    for (const auto& [id, release] : next.addons) {
      for (const plan::ReleaseFile& file : release.files) current.insert(file.sha256);
    }
    for (const host::KnownDigests* digests : {&learned_, &base_.known}) {
      for (const auto& [identity, digest] : *digests) {
        if (current.contains(digest)) next.known.emplace(identity, digest);
      }
    }
  }

  Error undo(Error cause) {
    context_.ports.progress.doing("undoing what was done");
    std::vector<Error> failures;
    if (records_ != nullptr) {
      attempt(failures, "the new generation", withdraw_generation(*records_, base_.number + 1));
    }
    begun_.resize(runs_.size());
    TakenBack left = take_back(runs_, begun_, context_);
    std::move(left.files.begin(), left.files.end(), std::back_inserter(failures));
    for (const std::string& note : context_.notes) cause = std::move(cause).followed_by(Error(note));
    attempt(failures, "the making of directories", remove_directories(context_.ports.root, absent_));
    const Result<> told =
        tell(failures.empty() ? AuditOutcome::rolled_back : AuditOutcome::undo_failed, cause);
    // While something is left to be put back or to be recorded, the journal stays for the next run to try.
    if (failures.empty() && told) {
      attempt(failures, "the journal", end_journal(context_.ports.root, context_.transaction));
      attempt(failures, "the making of directories", remove_directories(context_.ports.root, absent_));
    }
    std::move(left.services.begin(), left.services.end(), std::back_inserter(failures));
    if (!told) cause = std::move(cause).followed_by(told.error());
    if (failures.empty()) {
      const bool stale = cause.kind() == ErrorKind::stale;
      return std::move(cause).with_kind(stale ? ErrorKind::stale : ErrorKind::rolled_back);
    }
    for (const Error& failure : failures) cause = std::move(cause).followed_by(failure);
    return std::move(cause).with_kind(ErrorKind::undo_failed);
  }

  Result<> tell(AuditOutcome outcome, const Error& cause) {
    if (!audit_) return {};
    AuditRecord record = audit_record(intent_, outcome);
    record.error = cause.message();
    TRY_CONTEXT("cannot write the audit log", audit_->append(record));
    return {};
  }

  static void attempt(std::vector<Error>& failures, const char* what, Result<> result) {
    if (!result)
      failures.push_back(std::move(result).error().with_context(fmt::format("cannot undo {}", what)));
  }

  const plan::Plan& plan_;
  const plan::Generation& base_;
  host::KnownDigests learned_;
  StepContext context_;
  std::vector<std::unique_ptr<StepRun>> runs_;
  std::vector<bool> begun_;
  std::vector<RelativePath> absent_;
  Intent intent_;
  std::optional<Journal> journal_;
  std::optional<AuditLog> audit_;             ///< once the journal is there
  std::unique_ptr<host::Directory> records_;  ///< once a commit was tried
};

}  // namespace

Result<Outcome> execute(const policy::ApprovedPlan& approved, const std::vector<bundle::Bundle>& bundles,
                        const plan::Generation& base, Ports& ports) {
  const plan::Plan& plan = approved.plan();
  if (plan.generation != base.number) {
    return tl::unexpected(Error(
        fmt::format("the plan starts from generation {}, the host is at {}", plan.generation, base.number),
        ErrorKind::stale));
  }
  if (plan.steps.empty() && !plan.summary.has_changes())
    return Outcome{.generation = base.number, .warnings = {}};
  std::map<AddonId, const bundle::Bundle*> by_id;
  for (const bundle::Bundle& bundle : bundles) by_id.emplace(bundle.manifest.id.value, &bundle);
  return Transaction(plan, base, ports, by_id, TRY(random_name())).run();
}

}  // namespace addon::executor
