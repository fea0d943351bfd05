#include "cli/over_bus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "cli/bus_options.hpp"
#include "cli/change.hpp"
#include "cli/hand_over.hpp"
#include "cli/interruption.hpp"
#include "cli/progress.hpp"
#include "cli/write_text.hpp"
#include "client/executor_bus.hpp"
#include "core/text.hpp"
#include "linux/directory.hpp"
#include "linux/handed_file.hpp"
#include "linux/process.hpp"

namespace addon::cli {

namespace {

using client::ExecutorBus;

const client::Method* method_of(std::string_view verb, bool has_plan) {
  const auto found =
      std::find_if(client::kMethods.begin(), client::kMethods.end(), [&](const client::Method& method) {
        const bool takes_plan = method.operands == client::Operands::plan_sources;
        return method.verb == verb && takes_plan == has_plan;
      });
  return found == client::kMethods.end() ? nullptr : &*found;
}

bool is_wanted(const Command& command, const GlobalOptions& options) {
  return method_of(command.name, false) != nullptr && options.root.empty() && options.policy_files.empty() &&
         !linux::runs_as_root();
}

/// The caller's end of one verb: what it hands over, asks, and prints.
class BusRun {
 public:
  BusRun(const Command& command, const Context& context, const Arguments& arguments, ExecutorBus& bus)
      : command_(command), context_(context), arguments_(arguments), bus_(bus) {}

  Result<BusOutcome> run() {
    client::Call call = TRY(make_call());
    Result<BusOutcome> outcome = once(call);
    if (!outcome || outcome->report.exit != kExitDone) return outcome;
    const Json question = outcome->report.body.value("question", Json(nullptr));
    if (question.is_string()) {
      if (!asked_and_agreed(context_)) return BusOutcome{cancelled({}), false};
      call.options.insert_or_assign("agreed", question.get<std::string>());
      outcome = once(call);
    }
    return outcome;
  }

 private:
  Result<client::Call> make_call() {
    const std::vector<std::string>& operands = arguments_.operands;
    for (const std::string& operand : operands) {
      if (!is_utf8(operand))
        return tl::unexpected(Error(
            fmt::format("{} is no UTF-8 text, and cannot go over the bus by that name", quoted(operand)),
            ErrorKind::usage));
    }
    const bool may_have_plan = command_.name == "apply" && operands.size() == 1;
    const bool has_plan = may_have_plan && context_.desk.is_plan_file(operands.front());
    client::Call call{.method = method_of(command_.name, has_plan),
                      .options = to_bus_options(context_.options, arguments_, context_.console.streams()),
                      .may_interact = context_.console.can_ask()};
    if (has_plan) {
      TRY(add_plan(call, operands.front()));
    } else if (call.method->operands == client::Operands::sources) {
      std::vector<SourceName> sources;
      for (const std::string& operand : operands)
        sources.push_back(context_.desk.name(operand, arguments_.output));
      TRY(add_sources(call, sources));
    } else {
      call.ids = operands;
    }
    return call;
  }

  // Which bundles it needs, it says itself.
  Result<> add_plan(client::Call& call, const std::string& file) {
    const plan::SavedPlan saved = TRY(context_.desk.read_plan(file));
    std::vector<SourceName> sources;
    for (const std::string& name : saved.sources)
      sources.push_back(context_.desk.locate(name, file, arguments_.source));
    const auto open = TRY(linux::open_file_path(file));
    call.plan = file;
    call.plan_file = TRY(linux::duplicate(*open));
    return add_sources(call, sources);
  }

  Result<> add_sources(client::Call& call, const std::vector<SourceName>& sources) const {
    HandedOver handed = TRY(hand_over(sources, arguments_.source));
    call.files = std::move(handed.files);
    call.sources = std::move(handed.sources);
    return {};
  }

  Result<BusOutcome> once(const client::Call& call) {
    const Interruption interruption(Interruption::Waiting::ends);
    ProgressLines progress(context_.console, context_.desk);
    const auto print = [&](client::Stream stream, std::string_view bytes) {
      progress.doing(stream == client::Stream::progress ? bytes : "");
      show(stream, bytes);
    };
    const auto answer = TRY(bus_.call(call, print, interruption.flag()));
    if (!answer) return BusOutcome{detached(*call.method), false};
    Report report;
    report.exit = answer->exit;
    if (context_.console.is_json()) context_.console.pass_on(false, answer->report + "\n");
    report.body = Json::parse(answer->report, nullptr, false);
    if (!report.body.is_object()) return tl::unexpected(Error("addon-executor did not answer with a report"));
    if (const auto saved = save_plan(report); !saved) return BusOutcome{failed(saved.error()), false};
    return BusOutcome{std::move(report), true};
  }

  void show(client::Stream stream, std::string_view bytes) {
    if (stream == client::Stream::out || stream == client::Stream::err)
      return context_.console.pass_on(stream == client::Stream::err, bytes);
    if (stream == client::Stream::progress) return;
    std::vector<Finding> findings;
    for (const Json& one : Json::parse(bytes, nullptr, false)) {
      if (auto finding = finding_from_json(one)) findings.push_back(*std::move(finding));
    }
    const bool as_results = stream == client::Stream::findings_as_results;
    context_.console.findings(findings, as_results ? Console::Place::results : Console::Place::errors);
  }

  // The file is the caller's, who alone may write it.
  Result<> save_plan(const Report& report) const {
    const bool is_sound = report.exit == kExitDone || report.exit == kExitChanges;
    if (arguments_.output.empty() || !is_sound) return {};
    return context_.desk.save_plan(arguments_.output, report.body.value("plan", Json(nullptr)));
  }

  static Report detached(const client::Method& method) {
    Report report;
    report.exit = static_cast<int>(ErrorKind::failed);
    report.error = method.changes ? "interrupted, and no longer watched: addon-executor goes on, and ends "
                                    "what it began whole or not "
                                    "at all"
                                  : "interrupted";
    report.body["detached"] = method.changes;
    if (method.changes)
      report.hints.emplace_back(
          "addonctl status says what holds once it has ended, and addonctl history what was done");
    return report;
  }

  const Command& command_;
  const Context& context_;
  const Arguments& arguments_;
  ExecutorBus& bus_;
};

}  // namespace

std::optional<BusOutcome> run_over_bus(const Command& command, const Context& context,
                                       const Arguments& arguments) {
  if (!is_wanted(command, context.options)) return std::nullopt;
  auto bus = ExecutorBus::connect();
  if (!bus) return BusOutcome{failed(bus.error()), false};
  if (*bus == nullptr) return std::nullopt;
  auto outcome = BusRun(command, context, arguments, **bus).run();
  return outcome ? *std::move(outcome) : BusOutcome{failed(outcome.error()), false};
}

}  // namespace addon::cli
