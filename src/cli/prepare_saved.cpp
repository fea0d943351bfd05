#include "cli/prepare_saved.hpp"

#include <utility>

#include "executor/generations.hpp"

namespace addon::cli {

Result<PreparedAgain> prepare_saved(const plan::SavedPlan& saved, const std::string& plan_file,
                                    const Opening& opening, const LoadedPolicy& policy, Session& session,
                                    Desk& desk, Downgrades downgrades) {
  std::vector<SourceName> sources;
  for (const std::string& name : saved.sources) {
    sources.push_back(desk.locate(name, plan_file, opening.artifacts_below));
  }
  executor::Request request;
  // A plan without bundles was made to repair what is recorded.
  request.verb = sources.empty() ? executor::Request::Verb::repair : executor::Request::Verb::apply;
  request.bundles = TRY(desk.open(sources, opening));
  request.prune = saved.prune;
  request.allow_downgrade = downgrades == Downgrades::allowed;
  executor::Prepared prepared = TRY(executor::prepare(request, policy.policy, session.ports()));
  show_paths(prepared.findings, sources);
  std::vector<std::string> differences = plan::differences(saved, prepared.plan);
  return PreparedAgain{std::move(prepared), std::move(differences)};
}

std::optional<std::uint64_t> applied_as(const plan::SavedPlan& saved, const host::Directory& root) {
  const auto generations = executor::read_generations(root);
  if (!generations) return std::nullopt;
  for (const plan::Generation& generation : generations->all) {
    if (generation.plan_digest == saved.digest) return generation.number;
  }
  return std::nullopt;
}

}  // namespace addon::cli
