// What holds for a version as a whole: its size and its age.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "policy/judge_steps.hpp"

namespace addon::policy {

namespace {

void judge_limit(Bench& bench, const plan::Stage& action, const std::vector<Line<std::uint64_t>>& limits,
                 std::uint64_t amount, const char* what) {
  const auto least = std::min_element(limits.begin(), limits.end(),
                                      [](const auto& a, const auto& b) { return a.value < b.value; });
  if (least == limits.end()) return;
  const Request request{
      &rules::policy_limit, "limit", fmt::format("{} {}", amount, what), what, what, action.at};
  if (amount <= least->value) {
    Ruling ruling;
    ruling.allowed_by = least->at;
    return bench.verdicts.note(bench.addon, request, ruling);
  }
  Finding finding =
      make_finding(rules::policy_limit,
                   fmt::format("{} {} has {} {}, and {} allows {}", bench.addon.str(), action.version.str(),
                               amount, what, to_string(least->at), least->value),
                   action.at);
  finding.policy = least->at;
  finding.fix = fmt::format("ship less, or raise the limit at {}", to_string(least->at));
  bench.verdicts.refuse(bench.addon, request, std::move(finding));
}

}  // namespace

void judge_stage(Bench& bench, const plan::Stage& action) {
  const auto bytes =
      std::accumulate(action.files.begin(), action.files.end(), std::uint64_t{0},
                      [](std::uint64_t sum, const plan::ReleaseFile& file) { return sum + file.size; });
  judge_limit(bench, action, bench.policy.limits.artifact_bytes, bytes, "bytes");
  judge_limit(bench, action, bench.policy.limits.files, action.files.size(), "files");
}

void judge_downgrade(Bench& bench, const Activation& activation, const std::optional<plan::Terms>& terms,
                     const plan::AddonChange* change) {
  const Version& after = activation.after;
  // The record says what is active; a link that says otherwise is drift, which this repairs.
  const std::optional<Version> active = change != nullptr && change->from ? change->from : activation.before;
  if (active && active->precedence(after) == 0) return;
  const bool is_past = change != nullptr && change->newest.has_value();
  const std::optional<Version>& newest = is_past ? change->newest : active;
  if (!newest || newest->precedence(after) <= 0) return;
  const Version& newer = *newest;
  Ruling ruling;
  for (const Line<Downgrade>& line : bench.policy.downgrade) {
    auto& decided = line.value == Downgrade::allow ? ruling.allowed_by : ruling.denied_by;
    if (!decided) decided = line.at;
  }
  const SourceSpan at = terms ? terms->version_at : SourceSpan{};
  const std::string what = fmt::format("from {} to {}", newer.str(), after.str());
  const std::string subject = "downgrade " + what;
  const Request request{&rules::policy_downgrade, "downgrade", what, subject, subject, at, "/version"};
  if (ruling.allows()) return bench.verdicts.record(bench.step, bench.addon, request, ruling);
  Finding finding = make_finding(
      rules::policy_downgrade,
      fmt::format("{} {} is older than {}, which {} active; {}", bench.addon.str(), after.str(), newer.str(),
                  is_past ? "was once" : "is",
                  ruling.denied_by ? fmt::format("{} denies downgrades", to_string(*ruling.denied_by))
                                   : "no policy line allows downgrades"),
      at, "/version");
  finding.policy = ruling.denied_by;
  finding.fix = fmt::format("{}, or let the site policy say downgrade: allow",
                            is_past ? fmt::format("apply {} or a newer version", newer.str())
                                    : fmt::format("go back with addonctl rollback {}", bench.addon.str()));
  bench.verdicts.refuse(bench.addon, request, std::move(finding), "downgrade");
}

}  // namespace addon::policy
