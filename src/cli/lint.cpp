#include "cli/lint.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <thread>
#include <utility>

#include "cli/read_addon.hpp"
#include "plan/lint.hpp"
#include "policy/judge.hpp"

namespace addon::cli {

namespace {
void append(std::vector<Finding>& to, std::vector<Finding> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

std::vector<Finding> judge(std::vector<plan::Step> steps, const LintBasis& basis) {
  std::vector<Finding> findings = plan::traps(steps);
  if (basis.policy == nullptr) return findings;
  append(findings, policy::judge(plan_of(std::move(steps)), *basis.policy, basis.today).findings);
  return findings;
}

std::vector<Finding> lint_one(const LintTarget& target, const LintBasis& basis) {
  ReadAddon read = read_addon(target);
  if (read.addon) append(read.findings, judge(std::move(read.addon->steps), basis));
  sort_findings(read.findings);
  return std::move(read.findings);
}
}  // namespace

std::vector<Finding> lint(const std::vector<LintTarget>& targets, const LintBasis& basis) {
  std::vector<std::vector<Finding>> found(targets.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < targets.size(); i = next++) found[i] = lint_one(targets[i], basis);
  };
  const std::size_t cores = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < std::min(cores, targets.size()); ++i) helpers.emplace_back(work);
  work();
  helpers.clear();
  std::vector<Finding> all;
  for (auto& findings : found) append(all, std::move(findings));
  return all;
}

}  // namespace addon::cli
