#include "executor/execute.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <memory>
#include <random>
#include <set>
#include <utility>

#include "executor/generations.hpp"
#include "executor/layout.hpp"
#include "executor/made_directories.hpp"
#include "executor/steps/step_run.hpp"

namespace addon::executor {

namespace {

Result<std::string> random_name() {
  try {
    std::random_device device;  // getrandom(2) in libstdc++ here
    return fmt::format("{:08x}{:08x}", device(), device());
  } catch (const std::exception& error) {
    return tl::unexpected(Error(fmt::format("cannot get random numbers: {}", error.what())));
  }
}

std::string describe_changes(const plan::Plan& plan) {
  std::string text;
  const auto add = [&](const std::string& part) { text += text.empty() ? part : "; " + part; };
  for (const auto& [id, change] : plan.changes) {
    switch (change.kind) {
      case plan::ChangeKind::add:
        add(fmt::format("added {} {}", id.str(), change.to->str()));
        break;
      case plan::ChangeKind::remove:
        add(fmt::format("removed {} {}", id.str(), change.from->str()));
        break;
      case plan::ChangeKind::update:
        add(change.from == change.to
                ? fmt::format("repaired {} {}", id.str(), change.to->str())
                : fmt::format("changed {} {} to {}", id.str(), change.from->str(), change.to->str()));
        break;
      case plan::ChangeKind::unchanged:
        break;
    }
  }
  return text;
}

/// One run: all of the steps, or none.
class Transaction {
 public:
  Transaction(const plan::Plan& plan, const plan::Generation& base, Ports& ports,
              const std::map<AddonId, const bundle::Bundle*>& bundles, std::string name)
      : plan_(plan), base_(base), context_{ports, bundles, std::move(name), learned_, base.known} {}

  Result<Outcome> run() {
    const auto done = perform_and_commit();
    if (!done) return tl::unexpected(take_back(done.error()));
    Outcome outcome{.generation = base_.number + 1, .warnings = {}};
    for (const auto& step : runs_) {
      const auto cleaned = step->clean(context_);
      if (!cleaned) outcome.warnings.push_back("cannot clean up: " + cleaned.error().message());
    }
    return outcome;
  }

 private:
  // Nothing here throws by design; what does all the same (memory runs out) must not leave the host
  // half-way.
  Result<> perform_and_commit() {
    try {
      TRY(perform());
      return commit();
    } catch (const std::exception& error) {
      return tl::unexpected(Error(fmt::format("unexpected failure: {}", error.what())));
    }
  }

  Result<> perform() {
    for (const plan::Step& step : plan_.steps) {
      if (context_.ports.is_interrupted()) return tl::unexpected(Error("interrupted"));
      runs_.push_back(make_run(step.action));
      context_.ports.progress.doing(runs_.back()->doing());
      TRY(runs_.back()->perform(context_));
    }
    return {};
  }

  Result<> commit() {
    plan::Generation next{
        .number = base_.number + 1,
        .time = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                            fmt::gmtime(std::chrono::system_clock::to_time_t(context_.ports.clock.now()))),
        .verb = plan_.verb,
        .plan_digest = plan::digest_of(plan_).str(),
        .summary = describe_changes(plan_),
        .addons = plan_.result,
        .known = {}};
    learn(next);
    const std::string what = "cannot record the new generation";
    records_ = TRY_CONTEXT(what, made_.make(context_.ports.root, generations_dir()));
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

  // In reverse, and to the end whatever fails on the way: each thing that can be put back is.
  Error take_back(Error cause) {
    std::vector<Error> failures;
    const auto attempt = [&](const std::string& what, Result<> result) {
      if (!result) failures.push_back(std::move(result).error().with_context("cannot undo " + what));
    };
    context_.ports.progress.doing("undoing what was done");
    if (records_ != nullptr) {
      attempt("the new generation", withdraw_generation(*records_, base_.number + 1));
    }
    attempt("the new generation", made_.remove(context_.ports.root));
    for (auto step = runs_.rbegin(); step != runs_.rend(); ++step) {
      attempt((*step)->doing(), (*step)->undo(context_));
    }
    attempt("the change of units", context_.reload_if_changed());
    for (const auto& step : runs_) attempt((*step).doing(), step->settle(context_));
    if (failures.empty()) {
      const bool stale = cause.kind() == ErrorKind::stale;
      return std::move(cause).with_kind(stale ? ErrorKind::stale : ErrorKind::rolled_back);
    }
    for (const Error& failure : failures) cause = std::move(cause).followed_by(failure);
    return std::move(cause).with_kind(ErrorKind::undo_failed);
  }

  const plan::Plan& plan_;
  const plan::Generation& base_;
  host::KnownDigests learned_;
  StepContext context_;
  std::vector<std::unique_ptr<StepRun>> runs_;
  MadeDirectories made_;
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
