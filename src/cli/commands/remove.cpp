#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <utility>

#include "cli/addon_ids.hpp"
#include "cli/change.hpp"
#include "cli/commands/all.hpp"
#include "executor/generations.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kRemoveHelp = R"(Usage: addonctl remove ID... [--purge] [--yes]

Stops add-ons, removes their units and takes their capabilities away. Their
versions stay on disk, without any rights, and so does their data. One that is
not installed is no error. Needs root, or addon-executor(8) to do it.

Options:
  --purge               Delete their state directories, too, with all that is in
                        them. Also those of an add-on that was removed before.
  --yes                 Do not ask. Needed where there is no terminal.
  --wait DURATION       Wait for another run to end (30s, 5min), instead of
                        giving up at once.

)";

void declare_remove(CLI::App& app, Arguments& arguments) {
  app.add_option("ID", arguments.operands);
  app.add_flag("--purge", arguments.purge);
  app.add_flag_callback("--yes", [&arguments] { arguments.consent = Consent::given; });
  declare_wait(app, arguments);
}

// What stays can be deleted later, by the same name.
void tell_kept(const std::vector<std::pair<AddonId, std::string>>& kept, Report& report) {
  Json json = Json::array();
  for (const auto& [id, path] : kept) {
    json.push_back({{"addon", id.str()}, {"path", path}});
    report.notes.push_back(
        fmt::format("the data of {0} stays in {1}; addonctl remove --purge {0} deletes it", id.str(), path));
  }
  report.body["kept_data"] = std::move(json);
}

Report run_remove(const Context& context, const Arguments& arguments) {
  if (arguments.operands.empty())
    return misused("remove needs at least one ID", "addonctl status lists what is installed");
  auto ids = parse_ids(arguments.operands);
  if (!ids) return failed(ids.error());
  auto change = begin_change(context, "remove", arguments.wait);
  if (!change) return failed(change.error());
  const auto last = executor::read_last_generation(change->session->root());
  if (!last) return failed(last.error());
  const plan::Generation* generation = &last->generation;

  Json absent = Json::array();
  executor::Request request;
  request.verb = executor::Request::Verb::remove;
  request.purge = arguments.purge;
  for (const AddonId& id : *ids) {
    if (generation->addons.contains(id)) {
      request.addons.insert(id);
      continue;
    }
    if (arguments.purge) request.addons.insert(id);
    absent.push_back(id.str());
    context.console.result(fmt::format("{} is not installed{}.\n", id.str(),
                                       arguments.purge ? "; its data is looked for" : "; nothing to do"));
  }
  Report report;
  if (request.addons.empty()) {
    report.body = {{"generation", generation->number}, {"applied", false}, {"plan", nullptr}};
  } else {
    auto prepared = executor::prepare(request, change->policy.policy, change->session->ports());
    if (!prepared) return failed(prepared.error());
    const auto kept = prepared->kept_data;
    report = finish_change(context, *change, std::move(*prepared),
                           {arguments.consent, request, arguments.agreed}, "Removed");
    if (report.exit == kExitDone) tell_kept(kept, report);
  }
  report.body["not_installed"] = std::move(absent);
  return report;
}
}  // namespace

Command remove_command() {
  return {"remove",
          "deactivate add-ons",
          kRemoveHelp,
          FindingsAre::problems,
          PolicyFiles::refused,
          declare_remove,
          run_remove};
}

}  // namespace addon::cli
