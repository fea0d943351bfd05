#include "cli/explain_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "bundle/bundle.hpp"
#include "cli/addon_ids.hpp"
#include "cli/report.hpp"
#include "executor/generations.hpp"
#include "executor/layout.hpp"
#include "executor/packages.hpp"
#include "executor/rollback_target.hpp"
#include "plan/lint.hpp"

namespace addon::cli {

namespace {
constexpr std::size_t kWhatColumns = 28;

/// "/etc/addonctl/", the folder of all policy files that decided something, or "" where they have none in
/// common.
std::string common_folder(const std::set<std::string>& files) {
  if (files.empty()) return "";
  std::string folder = files.begin()->substr(0, files.begin()->rfind('/') + 1);
  for (const std::string& file : files) {
    while (!folder.empty() && !file.starts_with(folder)) {
      folder.pop_back();
      folder.resize(folder.rfind('/') + 1);
    }
  }
  return folder;
}

// JSON has the whole words; these leave room for what is asked for.
std::string kind_in_text(std::string_view kind) {
  if (kind == "bounding-capability") return "bounding set";
  if (kind == "ambient-capability") return "ambient set";
  if (kind == "forbidden-directive") return "forbidden";
  if (kind == "required-directive") return "required";
  if (kind == "exec-prefix") return "prefix";
  std::string text(kind);
  std::replace(text.begin(), text.end(), '-', ' ');
  return text;
}

class Table {
 public:
  Table(const ExplainedAddon& addon, const Palette& palette) : addon_(addon), palette_(palette) {
    for (const policy::Verdict& verdict : addon.verdicts) {
      if (verdict.policy) policy_files_.insert(verdict.policy->file);
      line_width_ = std::max(line_width_, line_of(verdict).size());
      kind_width_ = std::max(kind_width_, kind_in_text(verdict.kind).size());
      what_width_ = std::max(what_width_, std::min(width(one_line(verdict.what)), kWhatColumns));
    }
    folder_ = common_folder(policy_files_);
  }

  std::string text() {
    std::string out = heading();
    std::vector<std::string> files;
    for (const policy::Verdict& verdict : addon_.verdicts) {
      if (std::find(files.begin(), files.end(), verdict.at.file) == files.end())
        files.push_back(verdict.at.file);
    }
    for (const std::string& file : files) {
      out += fmt::format("\n{}\n", one_line(short_name(file)));
      for (const policy::Verdict* verdict : asked_in(file)) out += row(*verdict);
    }
    return out;
  }

 private:
  static std::string line_of(const policy::Verdict& verdict) {
    return verdict.at.line == 0 ? "-" : std::to_string(verdict.at.line);
  }

  std::string heading() const {
    std::string text = palette_(Paint::bold, one_line(fmt::format("{} {}", addon_.id, addon_.version)));
    text += "  " + one_line(addon_.place) + "\n";
    if (policy_files_.size() == 1) text += fmt::format("policy: {}\n", one_line(*policy_files_.begin()));
    if (policy_files_.size() > 1 && !folder_.empty())
      text += fmt::format("policy: in {}\n", one_line(folder_));
    return text;
  }

  std::string short_name(const std::string& file) const {
    const std::string folder = addon_.place + "/";
    if (file.empty()) return "the add-on";
    return file.starts_with(folder) ? file.substr(folder.size()) : file;
  }

  std::vector<const policy::Verdict*> asked_in(const std::string& file) const {
    std::vector<const policy::Verdict*> found;
    for (const policy::Verdict& verdict : addon_.verdicts) {
      if (verdict.at.file == file) found.push_back(&verdict);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto* a, const auto* b) {
      return std::pair(a->at.line, a->at.column) < std::pair(b->at.line, b->at.column);
    });
    return found;
  }

  std::string show(const PolicyRef& ref) const {
    std::string text = policy_files_.size() == 1
                           ? fmt::format("line {}", ref.line)
                           : fmt::format("{}:{}", ref.file.substr(folder_.size()), ref.line);
    if (!ref.grant.empty()) text += fmt::format(" (grant {})", ref.grant);
    return one_line(text);
  }

  std::string decision(const policy::Verdict& verdict) const {
    if (verdict.allowed) return verdict.policy ? show(*verdict.policy) : verdict.why;
    if (!verdict.entry.empty()) {
      return verdict.policy ? fmt::format("no line any more: {} has expired; add", show(*verdict.policy))
                            : "no line allows it; add";
    }
    if (verdict.policy && verdict.rule == &rules::policy_capability_denied)
      return show(*verdict.policy) + " denies it";
    if (verdict.policy && verdict.rule == &rules::policy_unit_forbidden)
      return show(*verdict.policy) + " forbids it";
    return one_line(verdict.why);
  }

  std::string row(const policy::Verdict& verdict) const {
    const std::string what = one_line(verdict.what);
    const std::size_t what_at = 2 + line_width_ + 2 + kind_width_ + 2;
    const std::size_t verdict_at = what_at + what_width_ + 2;
    std::string out = fmt::format("  {:>{}}  {:<{}}  {}", line_of(verdict), line_width_,
                                  kind_in_text(verdict.kind), kind_width_, what);
    if (width(what) <= what_width_) {
      out.append(what_width_ - width(what) + 2, ' ');
    } else {
      out += '\n';
      out.append(verdict_at, ' ');
    }
    out += verdict.allowed ? palette_(Paint::green, "yes") : palette_(Paint::red, "NO ");
    const std::size_t text_at = verdict_at + 3 + 2;
    out += "  " + wrap(decision(verdict), kScreenColumns, text_at, text_at) + "\n";
    if (verdict.entry.empty()) return out;
    out.append(2 + line_width_ + 2, ' ');
    return out + one_line(verdict.entry.as_yaml()) + "\n";
  }

  const ExplainedAddon& addon_;
  const Palette& palette_;
  std::set<std::string> policy_files_;
  std::string folder_;
  std::size_t line_width_ = 1;
  std::size_t kind_width_ = 0;
  std::size_t what_width_ = 0;
};

Json number_or_null(int number) { return number == 0 ? Json(nullptr) : Json(number); }
}  // namespace

namespace {

// Of an add-on that stages nothing: its manifest as recorded, and the package as it is now.
Result<ReadAddon> read_recorded(const plan::Release& release, Session& session, std::string& place) {
  bundle::Bundle bundle = TRY(executor::read_installed(release, session.root(), {}));
  place = bundle.manifest.file;
  ReadAddon read{std::nullopt, TRY(executor::look_at_package(bundle, session.ports()))};
  if (has_errors(read.findings)) return read;
  read.addon = AskingAddon{release.id, release.version, plan::lint_steps(bundle)};
  return read;
}

// Nobody else can have signed it, and only as long as that key is trusted does it count.
void add_signer(const plan::Release& release, std::span<const bundle::TrustedKey> keys, ReadAddon& read) {
  if (read.addon && release.signer && bundle::is_trusted(*release.signer, keys))
    read.addon->signer = release.signer;
}

}  // namespace

Result<ReadAddon> read_active(const AddonId& id, Session& session, std::string& place,
                              std::span<const bundle::TrustedKey> keys) {
  const plan::Generation generation = TRY(executor::read_last_generation(session.root())).generation;
  TRY(check_recorded({id}, generation));
  const plan::Release& release = generation.addons.at(id);
  if (!release.is_staged()) {
    ReadAddon read = TRY(read_recorded(release, session, place));
    add_signer(release, keys, read);
    return read;
  }
  const RelativePath path = executor::version_dir(id, release.version);
  place = session.path("/" + path.str());
  auto directory = TRY(session.root().open_directory_if_present(path));
  if (directory == nullptr) {
    Finding finding = make_finding(
        rules::host_version_missing,
        fmt::format("{} {} is active, and its directory is missing", id.str(), release.version.str()),
        {place, 0, 0});
    finding.fix = "install that version again from its bundle";
    return ReadAddon{std::nullopt, {std::move(finding)}};
  }
  bundle::ReadBundle bundle =
      bundle::read_directory(std::shared_ptr<const host::Directory>(std::move(directory)), place,
                             bundle::Origin::installed, generation.known);
  ReadAddon read{std::nullopt, std::move(bundle.findings)};
  if (!bundle.bundle) return read;
  read.addon = AskingAddon{id, release.version, plan::lint_steps(*bundle.bundle)};
  add_signer(release, keys, read);
  return read;
}

Json to_json(const policy::Verdict& verdict) {
  Json by = nullptr;
  if (verdict.policy) {
    by = {{"file", text_or_null(verdict.policy->file)},
          {"line", number_or_null(verdict.policy->line)},
          {"grant", text_or_null(verdict.policy->grant)}};
  }
  return {{"addon", verdict.addon},
          {"kind", verdict.kind},
          {"asks", verdict.what},
          {"subject", verdict.subject},
          {"allowed", verdict.allowed},
          {"rule", verdict.rule->id},
          {"file", text_or_null(verdict.at.file)},
          {"line", number_or_null(verdict.at.line)},
          {"column", number_or_null(verdict.at.column)},
          {"pointer", text_or_null(verdict.pointer)},
          {"policy", std::move(by)},
          {"why", text_or_null(verdict.why)},
          {"fix", text_or_null(verdict.fix)},
          {"add", verdict.entry.empty() ? Json(nullptr) : Json(verdict.entry.as_yaml())}};
}

std::string render(const ExplainedAddon& addon, const Palette& palette) {
  return Table(addon, palette).text();
}

std::string count_verdicts(const std::vector<ExplainedAddon>& addons) {
  std::ptrdiff_t allowed = 0;
  std::ptrdiff_t all = 0;
  for (const ExplainedAddon& addon : addons) {
    all += static_cast<std::ptrdiff_t>(addon.verdicts.size());
    allowed += std::count_if(addon.verdicts.begin(), addon.verdicts.end(),
                             [](const policy::Verdict& verdict) { return verdict.allowed; });
  }
  return fmt::format("{} allowed, {} denied", allowed, all - allowed);
}

}  // namespace addon::cli
