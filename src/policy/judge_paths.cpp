// Paths that systemd itself opens, makes, gives away or removes for a service: as root, whoever User= names.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/path.hpp"
#include "core/text.hpp"
#include "policy/judge_steps.hpp"
#include "unit/full_name.hpp"
#include "unit/paths.hpp"
#include "unit/specifiers.hpp"

namespace addon::policy {

namespace {

/// How the value of a directive names its path or paths.
enum class Form {
  whole,         ///< "PATH"
  optional,      ///< "[-]PATH"
  below_run,     ///< "PATH", below /run where it is relative
  stream,        ///< "file:PATH", "append:PATH", "truncate:PATH", "tty"
  after_colon,   ///< "ID:PATH", below /etc/credstore where it is relative, or only "ID"
  before_colon,  ///< "PATH[:…]"
  bind_sources,  ///< words "[-]PATH[:…]"
};

/// What happens at the path. What is only read may be a file of the add-on itself.
enum class Does { reads, changes };

struct Opening {
  std::string_view directive;
  Form form;
  Does does;
};

// systemd.exec(5), systemd.service(5), systemd.resource-control(5).
constexpr std::array<Opening, 19> openings = {{
    {"BPFProgram", Form::after_colon, Does::reads},
    {"BindPaths", Form::bind_sources, Does::reads},
    {"BindReadOnlyPaths", Form::bind_sources, Does::reads},
    {"EnvironmentFile", Form::optional, Does::reads},
    {"IPCNamespacePath", Form::whole, Does::changes},
    {"IPEgressFilterPath", Form::whole, Does::reads},
    {"IPIngressFilterPath", Form::whole, Does::reads},
    {"ImportCredential", Form::after_colon, Does::reads},
    {"LoadCredential", Form::after_colon, Does::reads},
    {"LoadCredentialEncrypted", Form::after_colon, Does::reads},
    {"NetworkNamespacePath", Form::whole, Does::changes},
    {"OpenFile", Form::before_colon, Does::changes},
    {"PIDFile", Form::below_run, Does::changes},
    {"StandardError", Form::stream, Does::changes},
    {"StandardInput", Form::stream, Does::changes},
    {"StandardOutput", Form::stream, Does::changes},
    {"TTYPath", Form::whole, Does::changes},
    {"USBFunctionDescriptors", Form::whole, Does::reads},
    {"USBFunctionStrings", Form::whole, Does::reads},
}};

struct SystemDirectory {
  std::string_view directive;
  std::string_view above;
};
constexpr std::array<SystemDirectory, 5> system_directories = {{{"CacheDirectory", "/var/cache"},
                                                                {"ConfigurationDirectory", "/etc"},
                                                                {"LogsDirectory", "/var/log"},
                                                                {"RuntimeDirectory", "/run"},
                                                                {"StateDirectory", "/var/lib"}}};

std::string below(std::string_view directory, std::string_view path) {
  return path.starts_with('/') ? std::string(path) : fmt::format("{}/{}", directory, path);
}

std::string without_dash(std::string_view word) {
  return std::string(word.starts_with('-') ? word.substr(1) : word);
}

std::vector<std::string> paths_of_stream(const std::string& value) {
  for (const std::string_view kind : {"file:", "append:", "truncate:"}) {
    if (value.starts_with(kind)) return {value.substr(kind.size())};
  }
  // TTYPath= is judged by itself; this is where it leads without it.
  if (value.starts_with("tty")) return {"/dev/console"};
  return {};
}

/// A value that cannot be split has a path that no pattern covers: the value itself.
std::vector<std::string> paths_of(Form form, const std::string& value) {
  const std::size_t colon = value.find(':');
  switch (form) {
    case Form::whole:
      return {value};
    case Form::optional:
      return {without_dash(value)};
    case Form::below_run:
      return {below("/run", value)};
    case Form::stream:
      return paths_of_stream(value);
    case Form::after_colon:
      return {below("/etc/credstore", colon == std::string::npos ? value : value.substr(colon + 1))};
    case Form::before_colon:
      return {value.substr(0, colon)};
    case Form::bind_sources:
      break;
  }
  const auto words = unit::split_words(value);
  if (!words) return {value};
  std::vector<std::string> sources;
  for (const std::string& word : *words)
    sources.push_back(without_dash(word).substr(0, without_dash(word).find(':')));
  return sources;
}

/// Whether it means one path, the same on every host.
bool is_certain(const std::string& path) {
  // EnvironmentFile= and ImportCredential= take glob(7); a specifier that is left is the host's.
  return path.starts_with('/') && RelativePath::parse(path.substr(1)).has_value() &&
         path.find_first_of("%*?[\\") == std::string::npos;
}

/// Where no pattern could cover it, none is offered.
Entry entry(const char* list, const std::string& path, bool certain) {
  return certain ? Entry{list, fmt::format("\"{}\"", path)} : Entry{};
}

class PathJudge {
 public:
  PathJudge(Bench& bench, const plan::InstallUnit& action) : bench_(bench), action_(action) {}

  void judge(const unit::Directive& directive) {
    // An empty value names nothing. Those before it still count: of some directives systemd passes over a
    // later value that it does not understand, and keeps the earlier.
    if (directive.section != "Service" || directive.value.empty()) return;
    if (is_forbidden(bench_, action_, directive.key)) return;
    if (directive.key == "MountImages") return refuse_image(directive);
    const auto* opening = std::find_if(openings.begin(), openings.end(),
                                       [&](const Opening& one) { return one.directive == directive.key; });
    if (opening != openings.end()) {
      for (const std::string& path : paths_of(opening->form, directive.value))
        judge_file(directive, path, opening->does);
    }
    for (const SystemDirectory& one : system_directories) {
      if (one.directive == directive.key) judge_directories(directive, one.above);
    }
  }

 private:
  std::string resolved(const std::string& path) const {
    return unit::simplify_path(unit::resolve_specifiers(path, action_.unit).text);
  }

  bool is_own_file(const std::string& path) const {
    const std::string home = fmt::format("/opt/addons/{}", action_.addon.str());
    return path.starts_with(home + "/current/") ||
           path.starts_with(fmt::format("{}/versions/{}/", home, action_.version.str()));
  }

  void judge_file(const unit::Directive& directive, const std::string& written, Does does) {
    const std::string path = resolved(written);
    const bool certain = is_certain(path);
    const std::string shown = printable(path);
    Request request{&rules::policy_root_path,
                    "root-file",
                    shown,
                    fmt::format("path {} of {}=", shown, directive.key),
                    fmt::format("{}= of {} to have root open {}", directive.key, action_.unit.str(), shown),
                    directive.at};
    if (does == Does::reads && certain && is_own_file(path))
      return bench_.verdicts.note_free(bench_.addon, request, "the add-on's own file");
    request.entry = entry("paths.root_files", shown, certain);
    request.otherwise = fmt::format("write one path out in {}=", directive.key);
    bench_.verdicts.record(bench_.step, bench_.addon, request,
                           certain ? bench_.scopes.root_file(path) : Ruling{});
  }

  void judge_directories(const unit::Directive& directive, std::string_view above) {
    const auto words = unit::split_words(directive.value);
    for (const std::string& word : words.value_or(std::vector<std::string>{directive.value})) {
      const std::size_t colon = word.find(':');
      judge_directory(directive, fmt::format("{}/{}", above, word.substr(0, colon)));
      // What stands behind the colon becomes a link to it.
      if (colon != std::string::npos)
        judge_directory(directive, fmt::format("{}/{}", above, word.substr(colon + 1)));
    }
  }

  void judge_directory(const unit::Directive& directive, const std::string& written) {
    const std::string path = resolved(written);
    const std::string shown = printable(path);
    const bool certain = is_certain(path);
    Request request{&rules::policy_state_dir,
                    "state-dir",
                    shown,
                    fmt::format("state directory {}", shown),
                    fmt::format("{} by {}= of {}", shown, directive.key, action_.unit.str()),
                    directive.at};
    request.entry = entry("paths.state_dirs", shown, certain);
    request.otherwise = fmt::format("write one path out in {}=", directive.key);
    bench_.verdicts.record(bench_.step, bench_.addon, request,
                           certain ? bench_.scopes.state_dir(path) : Ruling{});
  }

  void refuse_image(const unit::Directive& directive) {
    Finding finding =
        make_finding(rules::policy_root_path,
                     fmt::format("MountImages= of {} is never allowed: root would mount a file system of the "
                                 "add-on's making, set-user-ID programs and all",
                                 action_.unit.str()),
                     directive.at);
    finding.fix = "remove MountImages=";
    const std::string subject = fmt::format("MountImages= of {}", action_.unit.str());
    bench_.verdicts.refuse(
        bench_.addon,
        {&rules::policy_root_path, "root-file", directive.value, subject, subject, directive.at},
        std::move(finding));
  }

  Bench& bench_;
  const plan::InstallUnit& action_;
};

}  // namespace

void judge_paths(Bench& bench, const plan::InstallUnit& action) {
  PathJudge judge(bench, action);
  for (const unit::Directive& directive : action.directives) judge.judge(directive);
}

}  // namespace addon::policy
