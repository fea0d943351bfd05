#include "executor/execute.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <random>
#include <set>
#include <utility>

#include "executor/generations.hpp"
#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"

namespace addon::executor {

namespace {

std::string random_name() {
  std::random_device device;  // getrandom(2) in libstdc++ here
  return fmt::format("{:08x}{:08x}", device(), device());
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
              const std::map<AddonId, const bundle::Bundle*>& bundles)
      : plan_(plan), base_(base), context_{ports, bundles, random_name(), learned_} {}

  Result<Outcome> run() {
    auto done = perform();
    if (done) done = commit();
    if (!done) return tl::unexpected(take_back(std::move(done).error()));
    Outcome outcome{.generation = base_.number + 1, .warnings = {}};
    for (const auto& step : runs_) {
      const auto cleaned = step->clean(context_);
      if (!cleaned) outcome.warnings.push_back("cannot clean up: " + cleaned.error().message());
    }
    return outcome;
  }

 private:
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
    TRY_CONTEXT("cannot record what is installed", learn(next));
    TRY_CONTEXT("cannot record the new generation", commit_generation(context_.ports.root, next));
    return {};
  }

  // Digests that later runs need not compute again: of what is installed now, as it is now, and
  // of the bundle files that it came from.
  Result<> learn(plan::Generation& next) {
    std::set<Digest> current;
    for (const auto& [id, release] : next.addons) {
      for (const plan::ReleaseFile& file : release.files) current.insert(file.sha256);
      const auto directory =
          TRY(context_.ports.root.open_directory_if_present(version_dir(id, release.version)));
      if (directory == nullptr) continue;
      for (const plan::ReleaseFile& file : release.files) {
        // What was not touched by this run was either hashed for its plan or is as it was known.
        const auto state = TRY(directory->stat(file.path));
        if (!state) continue;
        const bool touched = plan_.changes.contains(id);
        const auto known = base_.known.find(state->identity);
        if (touched || known != base_.known.end()) next.known.insert_or_assign(state->identity, file.sha256);
      }
    }
    const auto keep = [&](const host::KnownDigests& from) {
      for (const auto& [identity, digest] : from) {
        if (current.contains(digest)) next.known.emplace(identity, digest);
      }
    };
    keep(learned_);
    keep(base_.known);
    return {};
  }

  // In reverse, and to the end whatever fails on the way: each thing that can be put back is.
  Error take_back(Error cause) {
    std::vector<Error> failures;
    const auto attempt = [&](Result<> result) {
      if (!result) failures.push_back(std::move(result).error());
    };
    context_.ports.progress.doing("undoing what was done");
    for (auto step = runs_.rbegin(); step != runs_.rend(); ++step) attempt((*step)->undo(context_));
    attempt(context_.reload_if_changed());
    for (const auto& step : runs_) attempt(step->settle(context_));
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
  return Transaction(plan, base, ports, by_id).run();
}

}  // namespace addon::executor
