#include "cli/lint/lint.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/lint/ignore.hpp"
#include "cli/read_addon.hpp"
#include "core/parallel.hpp"
#include "plan/lint.hpp"
#include "policy/judge.hpp"

namespace addon::cli {

namespace {
void append(std::vector<Finding>& to, std::vector<Finding> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

std::vector<Finding> judge(AskingAddon addon, const LintBasis& basis) {
  std::vector<Finding> findings = plan::traps(addon.steps);
  if (basis.policy == nullptr) return findings;
  append(findings, policy::judge(plan_of(std::move(addon)), *basis.policy, basis.today).findings);
  return findings;
}

LintSubject lint_one(const LintTarget& target, const LintBasis& basis, Comments comments) {
  const bool is_bundle = target.kind != LintTarget::Kind::manifest;
  ReadAddon read = read_addon(target, basis.policy);
  LintSubject subject;
  subject.kind = is_bundle ? LintSubject::Kind::bundle : LintSubject::Kind::manifest;
  subject.name = target.path;
  subject.understood = read.addon.has_value();
  // The comments in an archive cannot be read again by name.
  if (target.kind == LintTarget::Kind::archive) {
    if (read.addon) append(read.findings, judge(std::move(*read.addon), basis));
    subject.findings = as_lint_findings(std::move(read.findings));
    return subject;
  }
  subject.texts.push_back({target.manifest, LintText::Kind::yaml});
  if (read.addon) {
    for (std::string& file : read.addon->units)
      subject.texts.push_back({std::move(file), LintText::Kind::unit});
    append(read.findings, judge(std::move(*read.addon), basis));
  }
  subject.findings = as_lint_findings(std::move(read.findings));
  if (comments == Comments::heard) honour_ignores(subject);
  return subject;
}
}  // namespace

std::vector<LintSubject> lint(const std::vector<LintTarget>& targets, const LintBasis& basis,
                              Comments comments) {
  std::vector<LintSubject> subjects(targets.size());
  for_each_in_parallel(targets.size(),
                       [&](std::size_t i) { subjects[i] = lint_one(targets[i], basis, comments); });
  return subjects;
}

}  // namespace addon::cli
