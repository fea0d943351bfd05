#include <optional>
#include <string>
#include <vector>

#include "plan/compile_addon.hpp"

namespace addon::plan {

CheckHealth health_step(const Release& wanted, const bundle::Bundle* bundle) {
  CheckHealth step{wanted.id, wanted.primary, wanted.health.timeout, wanted.health.stable_for, {}};
  const std::vector<std::string>& words = wanted.health.exec;
  const auto file = words.empty() ? std::nullopt : manifest::health_file(words.front(), wanted.version);
  if (!file) return step;
  const SourceSpan at = bundle != nullptr ? bundle->manifest.health.exec_at : SourceSpan{};
  step.program = HealthProgram{.version = wanted.version,
                               .file = {file->str(), at, "/health/exec"},
                               .arguments = {words.begin() + 1, words.end()},
                               .user = wanted.health_user};
  return step;
}

}  // namespace addon::plan
