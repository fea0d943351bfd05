#include "cli/policy_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "cli/read_text.hpp"
#include "cli/session.hpp"
#include "linux/trust.hpp"

namespace addon::cli {

namespace {
// More than the parser accepts, so that it is the one to refuse what is too large.
constexpr std::size_t kLargestPolicy = std::size_t{16} << 20;

tl::unexpected<Error> not_believed(Error error, const std::string& file) {
  const bool untrusted = error.errno_value() == EPERM || error.errno_value() == ELOOP;
  // A directory or a fifo in its place is input that is wrong; a disk that fails is not.
  const bool misplaced = error.errno_value() == 0 || error.errno_value() == EISDIR ||
                         error.errno_value() == EINVAL || error.errno_value() == ENXIO ||
                         error.errno_value() == ENOTDIR;
  if (misplaced) {
    Finding finding = make_finding(rules::document_unreadable, error.message(), {file, 0, 0});
    finding.fix = "put the policy there as a regular file, or remove what is in its place";
    return tl::unexpected(Error::of({std::move(finding)}));
  }
  if (!untrusted) return tl::unexpected(std::move(error).with_context("cannot load the site policy"));
  return tl::unexpected(Error::of({make_finding(rules::policy_untrusted, error.message(), {file, 0, 0})}));
}

Result<std::optional<std::string>> read_file(const std::string& file, PolicyTrust trust) {
  if (trust == PolicyTrust::root_only) {
    auto text = linux::read_trusted_file(file, kLargestPolicy);
    if (!text) return not_believed(std::move(text).error(), file);
    return text;
  }
  auto text = read_text(file, kLargestPolicy);
  if (text) return std::optional(std::move(*text));
  if (text.error().errno_value() == ENOENT) return std::nullopt;
  return tl::unexpected(std::move(text).error());
}

Result<std::vector<std::string>> names_in(const std::string& folder, PolicyTrust trust) {
  std::vector<std::string> names;
  if (trust == PolicyTrust::root_only) {
    auto directory = linux::open_trusted_directory(folder);
    if (!directory) return not_believed(std::move(directory).error(), folder);
    if (!*directory) return names;
    for (const host::DirectoryEntry& entry : TRY((*directory)->list())) names.push_back(entry.name);
    return names;
  }
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<LoadedPolicy> parse(const std::vector<policy::PolicyFile>& files) {
  policy::ParsedPolicy parsed = policy::parse_policy(files);
  if (!parsed.policy) return tl::unexpected(Error::of(std::move(parsed.findings)));
  return LoadedPolicy{std::move(*parsed.policy), true, std::move(parsed.findings), ""};
}
}  // namespace

Result<LoadedPolicy> load_site_policy(const std::string& root, PolicyTrust trust) {
  const std::string folder = (root == "/" ? "" : root) + "/etc/addonctl";
  std::vector<policy::PolicyFile> files;
  const auto add = [&](const std::string& name) -> Result<> {
    auto text = TRY(read_file(name, trust));
    if (text) files.push_back({name, std::move(*text)});
    return {};
  };
  const std::string drop_ins = folder + "/policy.d/";
  TRY(add(folder + "/policy.yaml"));
  for (const std::string& name : TRY(names_in(folder + "/policy.d", trust))) {
    if (name.ends_with(".yaml") && !name.starts_with('.')) TRY(add(drop_ins + name));
  }
  if (files.empty()) return LoadedPolicy{policy::SitePolicy::nothing(), false, {}, folder + "/policy.yaml"};
  return parse(files);
}

Result<LoadedPolicy> load_policy_files(const std::vector<std::string>& files) {
  std::vector<policy::PolicyFile> texts;
  std::vector<Finding> unreadable;
  for (const std::string& file : files) {
    auto text = read_text(file, kLargestPolicy);
    if (text) {
      texts.push_back({file, std::move(*text)});
    } else {
      unreadable.push_back(make_finding(rules::document_unreadable, text.error().message(), {file, 0, 0}));
    }
  }
  if (!unreadable.empty()) return tl::unexpected(Error::of(std::move(unreadable)));
  return parse(texts);
}

Result<LoadedPolicy> load_policy(const GlobalOptions& options, PolicyTrust trust) {
  if (!options.policy_files.empty()) return load_policy_files(options.policy_files);
  return load_site_policy(root_path(options), trust);
}

}  // namespace addon::cli
