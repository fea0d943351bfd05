// Directives that the site forbids in units, and those that it wants to see.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "policy/directives.hpp"
#include "policy/judge_steps.hpp"

namespace addon::policy {

namespace {

std::string subject_of(const plan::InstallUnit& action, std::string_view directive) {
  return fmt::format("{}= of {}", directive, action.unit.str());
}

/// Whether systemd reads the directive in a unit of that kind at all.
bool concerns(const UnitName& unit, std::string_view directive) {
  return belongs_to(directive, "Unit") || belongs_to(directive, "Install") ||
         belongs_to(directive, unit.is_timer() ? "Timer" : "Service");
}

std::string shown_values(const std::vector<std::string>& values) {
  std::vector<std::string> shown;
  for (const std::string& value : values)
    shown.push_back(value.empty() ? "an empty value" : printable(value));
  return join(shown, " or ");
}

bool will_do(const Requirement& requirement, const std::string& value) {
  return std::any_of(requirement.values.begin(), requirement.values.end(), [&](const std::string& wanted) {
    return same_value(requirement.directive, wanted, value);
  });
}

Request request_of(const plan::InstallUnit& action, const Line<Requirement>& line, const SourceSpan& at) {
  const std::string& directive = line.value.directive;
  const std::string subject = fmt::format("{} by {}", subject_of(action, directive), to_string(line.at));
  return {&rules::policy_unit_required, "required-directive", directive, subject, subject, at};
}

void refuse_value(Bench& bench, const plan::InstallUnit& action, const Line<Requirement>& line,
                  const unit::Directive* found) {
  const Requirement& requirement = line.value;
  const std::string has = found == nullptr ? "does not have it"
                                           : fmt::format("has {}={}", found->key,
                                                         found->value.empty() ? "" : printable(found->value));
  Finding finding = make_finding(
      rules::policy_unit_required,
      fmt::format("{} requires {}={} of units, and {} {}", to_string(line.at), requirement.directive,
                  shown_values(requirement.values), action.unit.str(), has),
      found == nullptr ? SourceSpan{action.privileges.user.at.file, 0, 0} : found->at);
  finding.policy = line.at;
  finding.fix = fmt::format("set {}= to {} in {}", requirement.directive, shown_values(requirement.values),
                            action.unit.str());
  const Request request = request_of(action, line, finding.at);
  bench.verdicts.refuse(bench.addon, request, std::move(finding));
}

}  // namespace

bool is_forbidden(const Bench& bench, const plan::InstallUnit& action, std::string_view directive) {
  return bench.verdicts.has_refused(bench.addon, subject_of(action, directive));
}

void judge_forbidden(Bench& bench, const plan::InstallUnit& action) {
  for (const unit::Directive& directive : action.directives) {
    const PolicyRef* line = bench.scopes.forbids(directive.key);
    if (line == nullptr) continue;
    const std::string key = printable(directive.key);
    Finding finding = make_finding(
        rules::policy_unit_forbidden,
        fmt::format("{} forbids {}= in units, and {} has it", to_string(*line), key, action.unit.str()),
        directive.at);
    finding.policy = *line;
    finding.fix = fmt::format("remove {}=: no allow and no grant outweighs units.forbid", key);
    const std::string subject = subject_of(action, directive.key);
    bench.verdicts.refuse(
        bench.addon,
        {&rules::policy_unit_forbidden, "forbidden-directive", key, subject, subject, directive.at},
        std::move(finding));
  }
}

namespace {

enum class Unset { refused, ignored };

void judge_requirements(Bench& bench, const plan::InstallUnit& action, Unset unset) {
  for (const Line<Requirement>* line : bench.scopes.requirements()) {
    if (!concerns(action.unit, line->value.directive)) continue;
    const auto values = final_values(action.directives, line->value.directive);
    const auto wrong = std::find_if(values.begin(), values.end(), [&](const unit::Directive* directive) {
      return !will_do(line->value, directive->value);
    });
    if (values.empty()) {
      if (unset == Unset::refused) refuse_value(bench, action, *line, nullptr);
    } else if (wrong != values.end()) {
      refuse_value(bench, action, *line, *wrong);
    } else {
      Ruling ruling;
      ruling.allowed_by = line->at;
      bench.verdicts.note(bench.addon, request_of(action, *line, values.back()->at), ruling);
    }
  }
}

}  // namespace

void judge_required(Bench& bench, const plan::InstallUnit& action) {
  judge_requirements(bench, action, Unset::refused);
}

// Of the unit itself nothing is known here; where it changes, too, both are judged together there.
void judge_drop_in(Bench& bench, const plan::InstallDropIn& action, const std::set<std::string>& own_units) {
  const plan::InstallUnit part{.addon = action.addon,
                               .version = action.version,
                               .unit = action.drop_in.unit,
                               .before = std::nullopt,
                               .after = {},
                               .name = {},
                               .privileges = {},
                               .install = {},
                               .run_as = {},
                               .granted_program = {},
                               .granted = {},
                               .directives = action.directives};
  judge_forbidden(bench, part);
  judge_requirements(bench, part, Unset::ignored);
  judge_references(bench, part, own_units);
}

}  // namespace addon::policy
