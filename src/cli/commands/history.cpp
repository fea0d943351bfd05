#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <utility>

#include "cli/commands/all.hpp"
#include "cli/session.hpp"
#include "executor/generations.hpp"
#include "plan/caller_json.hpp"
#include "plan/signer_json.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kHistoryHelp = R"(Usage: addonctl history

Lists the generations of this host, newest first: each is the set of add-ons
that one run left active, and who asked for it: the user who logged in, whatever
sudo or su made of it. addonctl rollback --to N goes back to one.

)";

void declare_history(CLI::App&, Arguments&) {}

Json record_of(const plan::Generation& generation) {
  Json addons = Json::object();
  Json signers = Json::object();
  for (const auto& [id, release] : generation.addons) {
    addons[id.str()] = release.version.str();
    if (release.signer) signers[id.str()] = plan::to_json(*release.signer);
  }
  return {{"number", generation.number},
          {"time", generation.time},
          {"verb", generation.verb},
          {"summary", generation.summary},
          {"plan_digest", generation.plan_digest},
          {"caller", generation.caller ? plan::to_json(*generation.caller) : Json(nullptr)},
          {"addons", std::move(addons)},
          {"signers", std::move(signers)}};
}

Result<executor::Generations> read(const Context& context) {
  auto session = TRY(Session::open(context));
  return executor::read_generations(session->root());
}

Report run_history(const Context& context, const Arguments&) {
  auto generations = read(context);
  if (!generations) return failed(generations.error());
  std::reverse(generations->all.begin(), generations->all.end());
  Report report;
  report.body["generations"] = Json::array();
  report.body["unreadable"] = generations->unreadable;
  std::vector<std::vector<std::string>> rows = {{"NUMBER", "TIME", "BY", "VERB", "SUMMARY"}};
  for (const plan::Generation& generation : generations->all) {
    report.body["generations"].push_back(record_of(generation));
    const std::string by = generation.caller ? plan::who(*generation.caller) : "-";
    rows.push_back({std::to_string(generation.number), one_line(generation.time), one_line(by),
                    one_line(generation.verb), one_line(generation.summary)});
  }
  context.console.result(rows.size() > 1 ? wrapped_table(std::move(rows))
                                         : "No generations: nothing was applied yet.\n");
  for (const std::string& sentence : generations->unreadable) context.console.warning(sentence);
  return report;
}
}  // namespace

Command history_command() {
  return {"history",
          "list the generations of this host",
          kHistoryHelp,
          FindingsAre::problems,
          PolicyFiles::refused,
          declare_history,
          run_history};
}

}  // namespace addon::cli
