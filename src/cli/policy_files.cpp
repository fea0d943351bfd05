#include "cli/policy_files.hpp"

#include <cstddef>
#include <utility>

#include "cli/read_text.hpp"
#include "cli/session.hpp"
#include "cli/trusted_keys.hpp"

namespace addon::cli {

namespace {
// More than the parser accepts, so that it is the one to refuse what is too large.
constexpr std::size_t kLargestPolicy = std::size_t{16} << 20;

SiteFileKind policy_kind() { return {rules::policy_untrusted, rules::document_unreadable, "policy"}; }

Result<LoadedPolicy> parse(const std::vector<policy::PolicyFile>& files) {
  policy::ParsedPolicy parsed = policy::parse_policy(files);
  if (!parsed.policy) return tl::unexpected(Error::of(std::move(parsed.findings)));
  return LoadedPolicy{std::move(*parsed.policy), true, std::move(parsed.findings), ""};
}

LoadedPolicy with_keys(LoadedPolicy loaded, TrustedKeys keys) {
  loaded.policy.keys = std::move(keys.keys);
  loaded.knows_keys = keys.present;
  return loaded;
}
}  // namespace

Result<LoadedPolicy> load_policy_alone(const std::string& root, PolicyTrust trust) {
  const std::string folder = (root == "/" ? "" : root) + "/etc/addonctl";
  std::vector<policy::PolicyFile> files;
  const auto add = [&](const std::string& name) -> Result<> {
    auto text = TRY(read_site_file(name, trust, policy_kind(), kLargestPolicy));
    if (text) files.push_back({name, std::move(*text)});
    return {};
  };
  const std::string drop_ins = folder + "/policy.d/";
  TRY(add(folder + "/policy.yaml"));
  const auto names = TRY(list_site_folder(folder + "/policy.d", trust, policy_kind()));
  for (const std::string& name : names.value_or(std::vector<std::string>{})) {
    if (name.ends_with(".yaml") && !name.starts_with('.')) TRY(add(drop_ins + name));
  }
  if (files.empty()) return LoadedPolicy{policy::SitePolicy::nothing(), false, {}, folder + "/policy.yaml"};
  return parse(files);
}

Result<LoadedPolicy> load_site_policy(const std::string& root, PolicyTrust trust) {
  LoadedPolicy loaded = TRY(load_policy_alone(root, trust));
  return with_keys(std::move(loaded), TRY(load_trusted_keys(root, trust)));
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
  if (options.policy_files.empty()) return load_site_policy(root_path(options), trust);
  LoadedPolicy loaded = TRY(load_policy_files(options.policy_files));
  return with_keys(std::move(loaded), TRY(load_trusted_keys(root_path(options), trust)));
}

}  // namespace addon::cli
