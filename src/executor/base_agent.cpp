#include "executor/base_agent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "core/text.hpp"
#include "executor/layout.hpp"
#include "executor/program_trust.hpp"
#include "executor/trusted_text.hpp"

namespace addon::executor {

namespace {

constexpr std::size_t largest_version_file = 4096;
constexpr std::chrono::seconds version_patience{10};
constexpr const char* nobody = "nobody";

host::BaseAgent without_version(std::string fault) { return {std::nullopt, {}, std::move(fault)}; }

std::string_view first_line(std::string_view text) { return trim(text.substr(0, text.find('\n'))); }

host::BaseAgent from_file(std::string_view text, const std::string& file) {
  const std::string_view line = first_line(text);
  auto version = Version::parse(line);
  if (!version)
    return without_version(fmt::format("the first line of {} is {}, no version", file, quoted(line)));
  return {std::move(*version), file, ""};
}

/// The first word that is a version, also with a 'v' before it.
std::optional<Version> version_in(std::string_view text) {
  constexpr std::string_view separators = " \t\r\n,;()";
  while (!text.empty()) {
    text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
    std::string_view word = text.substr(0, text.find_first_of(separators));
    text.remove_prefix(word.size());
    if (word.starts_with('v')) word.remove_prefix(1);
    if (auto version = Version::parse(word)) return std::move(*version);
  }
  return std::nullopt;
}

Result<host::BaseAgent> from_command(const policy::VersionCommand& command, Ports& ports) {
  const std::string& program = command.words.front();
  const std::string by = to_string(command.at);
  const host::ProgramState trust =
      TRY_CONTEXT(fmt::format("cannot look at {}", program), inspect_program(ports.root, program));
  if (!trust.writable.empty()) {
    return without_version(fmt::format("others than root can change {}, which {} names: {}", program, by,
                                       join(trust.writable, "; ")));
  }
  const auto account = TRY(ports.accounts.find(nobody));
  if (!account) return without_version(fmt::format("there is no user {} to run {} as", nobody, program));
  ports.progress.doing("asking for the version of the base agent");
  const auto end = ports.programs.run({.words = command.words, .as = *account, .timeout = version_patience});
  if (!end) {
    const bool is_not_root = end.error().errno_value() == EPERM;
    return without_version(
        fmt::format("{}, which {} names, cannot be run: {}{}", program, by, end.error().message(),
                    is_not_root ? "; only root may run it as nobody, try it with sudo" : ""));
  }
  if (!end->is_success())
    return without_version(fmt::format("{}, which {} names, {}", program, by, host::to_string(*end)));
  auto version = version_in(end->output);
  if (!version) return without_version(fmt::format("{}, which {} names, printed no version", program, by));
  return host::BaseAgent{std::move(*version), fmt::format("{} ({})", program, by), ""};
}

}  // namespace

Result<host::BaseAgent> observe_base_agent(const policy::SitePolicy& policy, Ports& ports) {
  const RelativePath path = config_dir() / "agent-version";
  const auto text = read_trusted_text(ports.root, path, largest_version_file);
  // Whatever is wrong with the file: nobody falls back on another answer.
  if (!text) return without_version(text.error().message());
  if (*text) return from_file(**text, "/" + path.str());
  if (!policy.base_agent) return without_version("nothing on this host says which one it has");
  if (!ports.units.is_live()) {
    return without_version(fmt::format("/{} is absent, and no program is run below --root", path.str()));
  }
  return from_command(*policy.base_agent, ports);
}

}  // namespace addon::executor
