// What the Exec lines of a service run, and with which prefixes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/path.hpp"
#include "core/text.hpp"
#include "policy/directives.hpp"
#include "policy/judge_steps.hpp"

namespace addon::policy {

namespace {

// systemd.exec(5), "Paths": with one of these a path means a place in another tree.
constexpr std::array<std::string_view, 4> other_trees = {"RootDirectory", "RootImage", "ExtensionDirectories",
                                                         "ExtensionImages"};
constexpr std::array<std::string_view, 2> mounts = {"BindPaths", "BindReadOnlyPaths"};

/// Whether it is absolute and has no "//", no segment "." or "..", and no '/' at its end.
bool is_normalised(std::string_view path) {
  return path.starts_with('/') && RelativePath::parse(path.substr(1)).has_value();
}

bool is_below(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) && path.substr(directory.size()).starts_with('/');
}

/// Whether something may be mounted over the path. "SOURCE[:DESTINATION[:OPTIONS]]", each.
bool is_mounted_over(const unit::Directive& directive, const std::string& path) {
  const auto words = unit::split_words(directive.value);
  if (!words) return true;
  return std::any_of(words->begin(), words->end(), [&](std::string_view word) {
    if (word.starts_with('-')) word.remove_prefix(1);
    const std::size_t colon = word.find(':');
    // Without a destination a place is mounted on itself.
    if (colon == std::string_view::npos) return false;
    std::string_view destination = word.substr(colon + 1);
    destination = destination.substr(0, destination.find(':'));
    while (destination.ends_with('/')) destination.remove_suffix(1);
    // What the destination is cannot be told where a colon is escaped, or from a specifier.
    const bool is_plain = word.find_first_of("\\%") == std::string_view::npos && is_normalised(destination);
    return !is_plain || path == destination || is_below(path, destination);
  });
}

/// The directive by which the path means something else than what stands there on the host, or null.
const unit::Directive* replaced_by(const plan::InstallUnit& action, const std::string& path) {
  for (const std::string_view name : other_trees) {
    for (const unit::Directive* directive : final_values(action.directives, name)) {
      if (!directive->value.empty() && directive->value != "/") return directive;
    }
  }
  for (const std::string_view name : mounts) {
    for (const unit::Directive* directive : final_values(action.directives, name)) {
      if (is_mounted_over(*directive, path)) return directive;
    }
  }
  return nullptr;
}

/// Whether the path is in what this step's version brings.
bool is_own_file(const plan::InstallUnit& action, const std::string& path) {
  const std::string home = fmt::format("/opt/addons/{}", action.addon.str());
  return is_below(path, home + "/current") ||
         is_below(path, fmt::format("{}/versions/{}", home, action.version.str()));
}

Request request_for(const plan::InstallUnit& action, const unit::ExecCommand& command) {
  const std::string shown = printable(command.program);
  return {&rules::policy_exec_path,
          "program",
          shown,
          fmt::format("program {}", shown),
          fmt::format("{}= of {} to run {}", command.directive, action.unit.str(), shown),
          command.at,
          "",
          {"units.exec_paths", fmt::format("\"{}\"", shown)}};
}

void refuse_program(Bench& bench, const plan::InstallUnit& action, const unit::ExecCommand& command,
                    const std::string& why, std::string fix) {
  Finding finding =
      make_finding(rules::policy_exec_path,
                   fmt::format("{}= of {} runs {}, and no policy line can allow it: {}", command.directive,
                               action.unit.str(), printable(command.program), why),
                   command.at);
  finding.fix = std::move(fix);
  bench.verdicts.refuse(bench.addon, request_for(action, command), std::move(finding),
                        fmt::format("program {} of {}", command.program, action.unit.str()));
}

void judge_program(Bench& bench, const plan::InstallUnit& action, const unit::ExecCommand& command) {
  const std::string& path = command.program;
  if (path.find('%') != std::string::npos) {
    return refuse_program(bench, action, command, "what a specifier stands for depends on the host",
                          "write the path out");
  }
  if (!path.starts_with('/')) {
    return refuse_program(bench, action, command, "systemd looks for that name in several directories",
                          "write the program's absolute path");
  }
  if (!is_normalised(path)) {
    return refuse_program(bench, action, command, "the path has '.', '..' or '//'",
                          "write the path without them");
  }
  if (const unit::Directive* other = replaced_by(action, path)) {
    if (is_forbidden(bench, action, other->key)) return;
    return refuse_program(
        bench, action, command,
        fmt::format("{}= at {} puts something else at that path", other->key, to_string(other->at)),
        fmt::format("remove {}=", other->key));
  }
  const Request request = request_for(action, command);
  if (is_own_file(action, path))
    return bench.verdicts.note_free(bench.addon, request, "the add-on's own file");
  bench.verdicts.record(bench.step, bench.addon, request, bench.scopes.exec_path(path));
}

void judge_prefixes(Bench& bench, const plan::InstallUnit& action, const unit::ExecCommand& command) {
  for (const std::string& prefix : command.prefixes) {
    bench.verdicts.record(
        bench.step, bench.addon,
        {&rules::policy_exec_prefix,
         "exec-prefix",
         prefix,
         fmt::format("prefix {}", prefix),
         fmt::format("the prefix {} in {}= of {}", prefix, command.directive, action.unit.str()),
         command.at,
         "",
         {"units.exec_prefixes", fmt::format("\"{}\"", prefix)}},
        bench.scopes.exec_prefix(prefix));
  }
}

}  // namespace

// It is a file of this very version by its type, and has no privilege of root's.
void judge_health(Bench& bench, const plan::CheckHealth& action) {
  if (!action.program) return;
  const plan::HealthProgram& program = *action.program;
  const std::string shown = printable(fmt::format("/opt/addons/{}/versions/{}/{}", action.addon.str(),
                                                  program.version.str(), program.file.what));
  const Request request{&rules::policy_exec_path,
                        "program",
                        shown,
                        fmt::format("program {}", shown),
                        fmt::format("health.exec to run {}", shown),
                        program.file.at,
                        program.file.pointer};
  bench.verdicts.note_free(bench.addon, request, "the add-on's own file");
  if (program.user == "nobody") return;
  const std::string user = printable(program.user);
  bench.verdicts.record(bench.step, bench.addon,
                        {&rules::policy_run_as, "user", user, fmt::format("user {}", user),
                         fmt::format("health.exec to run as {}", user), program.file.at, program.file.pointer,
                         user_entry(program.user), kOtherUser},
                        bench.scopes.run_as(program.user));
}

void judge_programs(Bench& bench, const plan::InstallUnit& action) {
  for (const unit::ExecCommand& command : action.privileges.exec) {
    judge_prefixes(bench, action, command);
    judge_program(bench, action, command);
  }
}

}  // namespace addon::policy
