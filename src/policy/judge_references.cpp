// The units that a unit would start, stop or change.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.hpp"
#include "policy/judge_steps.hpp"
#include "unit/install_words.hpp"

namespace addon::policy {

namespace {

/// What systemd ships to wait for, to hang on to, or to be started with: systemd.special(7). And the slice
/// that services run in anyway.
constexpr std::array<std::string_view, 30> common_targets = {
    "basic.target",       "cryptsetup.target",    "default.target",        "first-boot-complete.target",
    "getty.target",       "graphical.target",     "integritysetup.target", "local-fs-pre.target",
    "local-fs.target",    "machines.target",      "multi-user.target",     "network-online.target",
    "network-pre.target", "network.target",       "nss-lookup.target",     "nss-user-lookup.target",
    "paths.target",       "remote-fs-pre.target", "remote-fs.target",      "rpcbind.target",
    "slices.target",      "sockets.target",       "swap.target",           "sysinit.target",
    "system.slice",       "time-set.target",      "time-sync.target",      "timers.target",
    "usb-gadget.target",  "veritysetup.target"};

/// Whether the common targets may be named without a line: where that can neither stop nor fail them.
enum class CommonTargets { free, need_a_line };

struct ReferringDirective {
  std::string_view section;
  std::string_view key;
  CommonTargets common_targets;
};

// All that names other units but for Before= and After=, which order what is done anyway. [Install] and a
// timer's Unit= are read elsewhere.
constexpr std::array<ReferringDirective, 22> referring = {{
    {"Unit", "BindTo", CommonTargets::free},
    {"Unit", "BindsTo", CommonTargets::free},
    {"Unit", "Conflicts", CommonTargets::need_a_line},
    {"Unit", "JoinsNamespaceOf", CommonTargets::need_a_line},
    {"Unit", "OnFailure", CommonTargets::need_a_line},
    {"Unit", "OnSuccess", CommonTargets::need_a_line},
    {"Unit", "PartOf", CommonTargets::free},
    {"Unit", "PropagateReloadFrom", CommonTargets::free},
    {"Unit", "PropagateReloadTo", CommonTargets::need_a_line},
    {"Unit", "PropagatesReloadTo", CommonTargets::need_a_line},
    {"Unit", "PropagatesStopTo", CommonTargets::need_a_line},
    {"Unit", "ReloadPropagatedFrom", CommonTargets::free},
    {"Unit", "Requires", CommonTargets::free},
    {"Unit", "RequiresOverridable", CommonTargets::free},
    {"Unit", "Requisite", CommonTargets::free},
    {"Unit", "RequisiteOverridable", CommonTargets::free},
    {"Unit", "StopPropagatedFrom", CommonTargets::free},
    {"Unit", "Upholds", CommonTargets::free},
    {"Unit", "Wants", CommonTargets::free},
    {"Service", "Slice", CommonTargets::free},
    {"Service", "Sockets", CommonTargets::need_a_line},
    {"Install", "UpheldBy", CommonTargets::free},
}};

constexpr std::array<std::string_view, 4> actions = {"FailureAction", "JobTimeoutAction", "StartLimitAction",
                                                     "SuccessAction"};

class ReferenceJudge {
 public:
  ReferenceJudge(Bench& bench, const plan::InstallUnit& action, const std::set<std::string>& own_units)
      : bench_(bench), action_(action), own_units_(own_units) {}

  void judge_all(std::string_view directive, const std::vector<unit::Stated<std::string>>& names,
                 CommonTargets common) {
    for (const auto& name : names) judge(directive, name.value, name.at, common);
  }

  void judge_directive(const unit::Directive& directive) {
    const auto* found = std::find_if(referring.begin(), referring.end(), [&](const auto& one) {
      return one.section == directive.section && one.key == directive.key;
    });
    if (found == referring.end()) return judge_effect(directive);
    // No assignment takes back an earlier one: systemd.unit(5).
    const auto names = unit::split_install_words(directive.value);
    if (!names) return judge(directive.key, directive.value, directive.at, CommonTargets::need_a_line);
    for (const std::string& name : *names) judge(directive.key, name, directive.at, found->common_targets);
  }

  void refuse_always(std::string_view directive, const std::vector<unit::Stated<std::string>>& names) {
    if (is_forbidden(bench_, action_, directive)) return;
    for (const auto& name : names) {
      const std::string assignment = fmt::format("{}={}", directive, printable(name.value));
      Finding finding =
          make_finding(rules::policy_unit_reference,
                       fmt::format("{} of {} is never allowed: it reaches more than the plan shows",
                                   assignment, action_.unit.str()),
                       name.at);
      finding.fix = fmt::format("remove {}", assignment);
      const std::string subject = fmt::format("{} of {}", assignment, action_.unit.str());
      bench_.verdicts.refuse(
          bench_.addon, {&rules::policy_unit_reference, "reference", assignment, subject, subject, name.at},
          std::move(finding));
    }
  }

  // systemd.unit(5): what happens to the whole system when a unit ends, as the target that it starts.
  void judge_effect(const unit::Directive& directive) {
    const std::string value = directive.value.substr(0, directive.value.find('-'));
    const bool is_action = std::find(actions.begin(), actions.end(), directive.key) != actions.end();
    if (is_action && value != "none") {
      return judge(directive.key, value + (value.empty() ? "" : ".target"), directive.at,
                   CommonTargets::need_a_line);
    }
    const bool isolates = (directive.key.ends_with("JobMode") && value == "isolate") ||
                          (directive.key == "OnFailureIsolate" && unit::parse_boolean(value).value_or(true));
    if (isolates) refuse_always(directive.key, {{directive.value, directive.at}});
  }

  void judge(std::string_view directive, const std::string& name, const SourceSpan& at,
             CommonTargets common) {
    if (name.empty() || is_forbidden(bench_, action_, directive)) return;
    const std::string shown = printable(name);
    const std::string assignment = fmt::format("{}={}", directive, shown);
    // No pattern may cover a name of which a specifier hides a part.
    const bool is_whole = name.find('%') == std::string::npos;
    const Request request{&rules::policy_unit_reference,
                          "reference",
                          assignment,
                          fmt::format("{} of {}", assignment, action_.unit.str()),
                          fmt::format("{} to reach {} by {}=", action_.unit.str(), shown, directive),
                          at,
                          "",
                          is_whole ? Entry{"units.references", fmt::format("\"{}\"", shown)} : Entry{},
                          "write the unit's name out: no line can allow what only the host can tell"};
    if (own_units_.contains(name)) {
      bench_.verdicts.note_free(bench_.addon, request, "the add-on's own unit");
    } else if (common == CommonTargets::free && is_common_target(name)) {
      bench_.verdicts.note_free(bench_.addon, request, "a target that every unit may name");
    } else {
      bench_.verdicts.record(bench_.step, bench_.addon, request,
                             is_whole ? bench_.scopes.reference(name) : Ruling{});
    }
  }

 private:
  static bool is_common_target(const std::string& unit) {
    return std::find(common_targets.begin(), common_targets.end(), unit) != common_targets.end();
  }

  Bench& bench_;
  const plan::InstallUnit& action_;
  const std::set<std::string>& own_units_;
};

}  // namespace

void judge_references(Bench& bench, const plan::InstallUnit& action, const std::set<std::string>& own_units) {
  ReferenceJudge judge(bench, action, own_units);
  // The links of the add-on's own units are in the plan; no line could put others there.
  std::vector<unit::Stated<std::string>> foreign;
  std::copy_if(action.install.also.begin(), action.install.also.end(), std::back_inserter(foreign),
               [&](const auto& also) { return !own_units.contains(also.value); });
  judge.refuse_always("Also", foreign);
  judge.refuse_always("Alias", action.install.alias);
  for (const unit::Directive& directive : action.directives) judge.judge_directive(directive);
  judge.judge_all("WantedBy", action.install.wanted_by, CommonTargets::free);
  // What requires a unit fails with it.
  judge.judge_all("RequiredBy", action.install.required_by, CommonTargets::need_a_line);
  if (!action.unit.is_timer()) return;
  judge.judge("Unit", action.install.activates.value, action.install.activates.at,
              CommonTargets::need_a_line);
}

}  // namespace addon::policy
