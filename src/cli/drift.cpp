#include "cli/drift.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "cli/report.hpp"
#include "cli/terminal.hpp"
#include "executor/layout.hpp"
#include "plan/registry.hpp"

namespace addon::cli {

namespace {
std::string rights(const plan::DirectoryRights& rights) {
  return fmt::format("{}:{} {:04o}", rights.uid, rights.gid, rights.mode);
}

std::string on_host(const RelativePath& path) { return "/" + path.str(); }

std::string unit_path(const std::string& name) { return on_host(executor::units_dir()) + "/" + name; }

std::string drop_in_path(const UnitName& unit) {
  return on_host(executor::drop_in_dir(unit)) + "/" + std::string(plan::kDropInName);
}

class Search {
 public:
  explicit Search(const executor::Prepared& repair) : repair_(repair) {}

  void operator()(const plan::Stage& step) {
    staged_.insert(step.addon);
    const std::string directory = on_host(executor::version_dir(step.addon, step.version));
    const auto files = repair_.differences.find(step.addon);
    if (files == repair_.differences.end()) {
      return add(step, "version", directory, "as installed", step.replaces ? "altered" : "missing");
    }
    for (const plan::FileDifference& file : files->second) {
      add(step, file.kind, fmt::format("{}/{}", directory, file.path), file.expected, file.actual);
    }
  }

  void operator()(const plan::SetCapabilities& step) {
    // What is staged anew gets its capabilities anew, whatever the altered one had.
    if (staged_.contains(step.addon)) return;
    const RelativePath directory = executor::version_dir(step.addon, step.version);
    add(step, "file-capabilities", on_host(directory) + "/" + step.path.str(), to_string(step.after),
        to_string(step.before));
  }

  void operator()(const plan::InstallUnit& step) {
    if (step.before != step.after) {
      add(step, "unit", unit_path(step.unit.str()), step.after.str(),
          step.before ? step.before->str() : "missing");
    }
    const auto found = repair_.drop_ins.find(step.unit);
    if (found != repair_.drop_ins.end()) foreign_drop_ins(step, found->second);
  }

  void operator()(const plan::RemoveUnit& step) {
    add(step, "unit", unit_path(step.unit.str()), "", step.before.str());
  }

  void operator()(const plan::InstallDropIn& step) {
    add(step, "drop-in", drop_in_path(step.drop_in.unit), step.drop_in.sha256().str(),
        step.before ? step.before->str() : "missing");
  }

  void operator()(const plan::RemoveDropIn& step) {
    add(step, "drop-in", drop_in_path(step.unit), "", step.before.str());
  }

  void operator()(const plan::MakeStateDir& step) {
    add(step, "state-dir", step.path.what, rights(step.after),
        step.before ? rights(*step.before) : "missing");
  }

  void operator()(const plan::PurgeStateDir&) {}

  void operator()(const plan::SwitchCurrent& step) {
    const auto target = [](const std::optional<Version>& version) {
      return version ? "versions/" + version->str() : "";
    };
    add(step, "current", on_host(executor::addon_dir(step.addon)) + "/current", target(step.after),
        target(step.before));
  }

  void operator()(const plan::SetEnablement& step) {
    for (const unit::InstallLink& link : step.links) {
      add(step, "enablement", unit_path(link.path), step.enable ? link.target : "",
          step.enable ? "" : link.target);
    }
  }

  void operator()(const plan::UsePackage& step) {
    if (step.found != step.after)
      add(step, "package", step.package, step.after, step.found.empty() ? "missing" : step.found);
    for (const plan::UsePackage::Unit& unit : step.units) {
      if (unit.found == unit.after) continue;
      add(step, "unit", unit.path, unit.after.str(), unit.found ? unit.found->str() : "missing");
    }
    for (const plan::InstallUnit& unit : step.terms.standing_units) {
      const auto found = repair_.drop_ins.find(unit.unit);
      if (found != repair_.drop_ins.end()) foreign_drop_ins(unit, found->second);
    }
  }

  // A restart follows from what else has drifted and is no drift of its own.
  void operator()(const plan::SetRunning& step) {
    const bool wanted = step.action != plan::RunAction::stop;
    if (wanted == step.active_before) return;
    const auto state = repair_.unit_states.find(step.unit);
    const std::string actual = state != repair_.unit_states.end() ? state->second
                               : step.active_before               ? "active"
                                                                  : "inactive";
    add(step, "running", step.unit.str(), wanted ? "active" : "inactive", actual);
  }

  // That it goes with a new generation is no drift.
  void operator()(const plan::UpdateRegistry& step) {
    if (!step.is_altered || std::exchange(has_told_of_registry_, true)) return;
    const plan::Generation& last = repair_.generation;
    const std::string expected = last.number == 0 ? "" : Digest::of(plan::registry_text(last)).str();
    std::string actual = step.before ? step.before->str() : "missing";
    if (actual == expected) actual = "of another owner or mode";
    if (step.before == Digest{}) actual = "no regular file";
    found_.push_back({"", "registry", on_host(executor::state_dir() / std::string(executor::kRegistry)),
                      expected, std::move(actual)});
  }

  void operator()(const plan::Reload&) {}
  void operator()(const plan::CheckHealth&) {}

  void finding(const Finding& finding) {
    if (finding.rule == &rules::host_state_dir)
      found_.push_back({finding.addon, "state-dir", "", "as recorded", finding.message});
    // Versions that are missing or altered have a step of their own.
    if (finding.rule != &rules::host_tampered) return;
    // No further was looked, so what else seems to be missing may well be there.
    if (tampered_.insert(finding.addon).second) {
      std::erase_if(found_, [&](const Drift& drift) { return drift.addon == finding.addon; });
    }
    found_.push_back({finding.addon, "tree", "", "as installed", finding.message});
  }

  std::vector<Drift> take() && { return std::move(found_); }

 private:
  void foreign_drop_ins(const plan::InstallUnit& step, const plan::HostDropIns& found) {
    const plan::HostDropIns& recorded = repair_.generation.drop_ins.at(step.unit);
    for (const auto& [path, digest] : recorded) {
      const auto now = found.find(path);
      if (now == found.end()) add(step, "foreign-drop-in", path, digest.str(), "missing");
      if (now != found.end() && now->second != digest)
        add(step, "foreign-drop-in", path, digest.str(), now->second.str());
    }
    for (const auto& [path, digest] : found) {
      if (!recorded.contains(path)) add(step, "foreign-drop-in", path, "", digest.str());
    }
  }

  template <class Step>
  void add(const Step& step, std::string kind, std::string path, std::string expected, std::string actual) {
    found_.push_back(
        {step.addon.str(), std::move(kind), std::move(path), std::move(expected), std::move(actual)});
  }

  const executor::Prepared& repair_;
  std::vector<Drift> found_;
  std::set<AddonId> staged_;
  std::set<std::string> tampered_;
  bool has_told_of_registry_ = false;
};

std::string or_none(const std::string& text) { return text.empty() ? "(none)" : text; }

// Digests are shortened for people.
std::string shown(const std::string& value) {
  constexpr std::size_t digits = 12;
  constexpr std::string_view scheme = "sha256:";
  return value.starts_with(scheme) ? value.substr(0, scheme.size() + digits) : or_none(value);
}
}  // namespace

std::vector<Drift> find_drift(const executor::Prepared& repair) {
  Search search(repair);
  for (const plan::Step& step : repair.plan.steps) std::visit(search, step.action);
  for (const Finding& finding : repair.findings) search.finding(finding);
  return std::move(search).take();
}

std::string render(const Drift& drift, std::size_t taken) {
  constexpr std::size_t kBeneath = 6;
  if (drift.path.empty()) return wrap(one_line(drift.actual), kScreenColumns, kBeneath, taken);
  const std::string what = fmt::format("{} {}:", drift.kind, one_line(drift.path));
  const std::string how =
      fmt::format("expected {}, found {}", one_line(shown(drift.expected)), one_line(shown(drift.actual)));
  if (taken + width(what) + 1 + width(how) <= kScreenColumns) return what + " " + how;
  return fmt::format("{}\n{:{}}{}", what, "", kBeneath, wrap(how, kScreenColumns, kBeneath, kBeneath));
}

Json to_json(const Drift& drift) {
  return {{"addon", text_or_null(drift.addon)},
          {"kind", drift.kind},
          {"path", text_or_null(drift.path)},
          {"expected", text_or_null(drift.expected)},
          {"actual", text_or_null(drift.actual)}};
}

Json to_json(const std::vector<Drift>& drift) {
  Json json = Json::array();
  for (const Drift& one : drift) json.push_back(to_json(one));
  return json;
}

}  // namespace addon::cli
