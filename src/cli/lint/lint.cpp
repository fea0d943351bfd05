#include "cli/lint/lint.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory>
#include <thread>
#include <utility>

#include "bundle/bundle.hpp"
#include "bundle/survey.hpp"
#include "cli/lint/ignore.hpp"
#include "cli/read_text.hpp"
#include "linux/directory.hpp"
#include "manifest/manifest.hpp"
#include "plan/lint.hpp"
#include "policy/judge.hpp"

namespace addon::cli {

namespace {
// One more than the parser accepts, so that it is the one to refuse what is too large.
constexpr std::size_t kReadLimit = (std::size_t{1} << 20) + 1;

void append(std::vector<Finding>& to, std::vector<Finding> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

std::vector<Finding> judge(std::vector<plan::Step> steps, const LintBasis& basis) {
  std::vector<Finding> findings = plan::traps(steps);
  if (basis.policy == nullptr) return findings;
  plan::Plan plan;
  plan.verb = "apply";
  plan.steps = std::move(steps);
  append(findings, policy::judge(std::move(plan), *basis.policy, basis.today).findings);
  return findings;
}

// What was found, and whether everything could be looked at.
struct Seen {
  std::vector<Finding> findings;
  std::vector<LintText> units{};
  bool understood = false;
};

Seen see_manifest(const std::string& path, const LintBasis& basis) {
  const auto text = read_text(path, kReadLimit);
  if (!text) return {{make_finding(rules::document_unreadable, text.error().message(), {path, 0, 0})}};
  manifest::ParsedManifest parsed = manifest::parse_manifest(*text, path);
  if (parsed.manifest) append(parsed.findings, judge(plan::lint_steps(*parsed.manifest), basis));
  return {std::move(parsed.findings), {}, parsed.manifest.has_value()};
}

Seen see_bundle(const std::string& path, const LintBasis& basis) {
  auto directory = linux::open_directory_path(path);
  if (!directory)
    return {{make_finding(rules::bundle_unreadable, directory.error().message(), {path, 0, 0})}};
  bundle::ReadBundle read = bundle::read_directory(std::move(*directory), path, bundle::Origin::bundle, {});
  Seen seen{std::move(read.findings), {}, read.bundle.has_value()};
  if (!read.bundle) return seen;
  append(seen.findings, judge(plan::lint_steps(*read.bundle), basis));
  for (const bundle::BundleUnit& unit : read.bundle->units)
    seen.units.push_back({bundle::file_in(path, unit.name.str()), LintText::Kind::unit});
  return seen;
}

LintSubject lint_one(const LintTarget& target, const LintBasis& basis, Comments comments) {
  const bool is_bundle = target.kind == LintTarget::Kind::bundle;
  Seen seen = is_bundle ? see_bundle(target.path, basis) : see_manifest(target.path, basis);
  LintSubject subject;
  subject.kind = is_bundle ? LintSubject::Kind::bundle : LintSubject::Kind::manifest;
  subject.name = target.path;
  subject.understood = seen.understood;
  subject.texts = std::move(seen.units);
  subject.texts.insert(subject.texts.begin(), {target.manifest, LintText::Kind::yaml});
  subject.findings = as_lint_findings(std::move(seen.findings));
  if (comments == Comments::heard) honour_ignores(subject);
  return subject;
}
}  // namespace

std::vector<LintSubject> lint(const std::vector<LintTarget>& targets, const LintBasis& basis,
                              Comments comments) {
  std::vector<LintSubject> subjects(targets.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < targets.size(); i = next++)
      subjects[i] = lint_one(targets[i], basis, comments);
  };
  const std::size_t cores = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < std::min(cores, targets.size()); ++i) helpers.emplace_back(work);
  work();
  helpers.clear();
  return subjects;
}

}  // namespace addon::cli
