#include "cli/lint/lint.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "cli/lint/ignore.hpp"
#include "cli/read_addon.hpp"
#include "core/parallel.hpp"
#include "plan/lint.hpp"
#include "plan/requirements.hpp"
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

/// A target on its way: what was found in it, before comments are heard.
struct Looked {
  LintSubject subject;
  std::vector<Finding> findings;
  bool has_comments = true;
  std::optional<AddonId> id{};
  std::optional<Version> version{};
  std::vector<manifest::RequiredAddon> required{};
};

Looked look_at(const LintTarget& target, const LintBasis& basis) {
  const bool is_bundle = target.kind != LintTarget::Kind::manifest;
  // The comments in an archive cannot be read again by name.
  const bool is_archive = target.kind == LintTarget::Kind::archive;
  ReadAddon read = read_addon(target, basis.policy);
  Looked looked;
  looked.has_comments = !is_archive;
  LintSubject& subject = looked.subject;
  subject.kind = is_bundle ? LintSubject::Kind::bundle : LintSubject::Kind::manifest;
  subject.name = target.path;
  subject.understood = read.addon.has_value();
  if (!is_archive) subject.texts.push_back({target.manifest, LintText::Kind::yaml});
  if (read.addon) {
    looked.id = read.addon->id;
    looked.version = read.addon->version;
    looked.required = std::move(read.addon->required);
    if (!is_archive) {
      for (std::string& file : read.addon->units)
        subject.texts.push_back({std::move(file), LintText::Kind::unit});
    }
    append(read.findings, judge(std::move(*read.addon), basis));
  }
  looked.findings = std::move(read.findings);
  return looked;
}

// Of several versions of one add-on the newest counts: the others are not active beside it.
void add_circles(std::vector<Looked>& all) {
  std::map<AddonId, Looked*> newest;
  for (Looked& looked : all) {
    if (!looked.id) continue;
    Looked*& known = newest[*looked.id];
    if (known == nullptr || *known->version < *looked.version) known = &looked;
  }
  plan::Required required;
  for (const auto& [id, looked] : newest) required.emplace(id, looked->required);
  for (Finding& finding : plan::check_circles(required)) {
    const auto id = AddonId::parse(finding.addon);
    if (id) newest.at(*id)->findings.push_back(std::move(finding));
  }
}

LintSubject finished(Looked looked, Comments comments) {
  looked.subject.findings = as_lint_findings(std::move(looked.findings));
  if (comments == Comments::heard && looked.has_comments) honour_ignores(looked.subject);
  return std::move(looked.subject);
}
}  // namespace

std::vector<LintSubject> lint(const std::vector<LintTarget>& targets, const LintBasis& basis,
                              Comments comments) {
  std::vector<Looked> looked(targets.size());
  for_each_in_parallel(targets.size(), [&](std::size_t i) { looked[i] = look_at(targets[i], basis); });
  add_circles(looked);
  std::vector<LintSubject> subjects(targets.size());
  for_each_in_parallel(targets.size(),
                       [&](std::size_t i) { subjects[i] = finished(std::move(looked[i]), comments); });
  return subjects;
}

}  // namespace addon::cli
