#include "cli/trusted_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <utility>

#include "cli/read_text.hpp"
#include "core/finding.hpp"

namespace addon::cli {

namespace {

constexpr std::string_view kSuffix = ".pub";

/// Keys, and what is wrong with files that hold none.
class Keyring {
 public:
  void add(const std::string& file, const std::string& text) {
    const std::string name = std::filesystem::path(file).filename().string();
    auto key = bundle::read_key(name.ends_with(kSuffix) ? name.substr(0, name.size() - kSuffix.size()) : name,
                                text, file);
    if (!key) return add(key.error());
    const auto same = std::find_if(keys_.begin(), keys_.end(), [&](const bundle::TrustedKey& other) {
      return other.key == key->key || other.name == key->name;
    });
    if (same == keys_.end()) return keys_.push_back(std::move(*key));
    Finding finding =
        make_finding(rules::key_invalid,
                     same->key == key->key ? fmt::format("it is the same key as {}", same->name)
                                           : fmt::format("there are two keys of the name {}", same->name),
                     {file, 0, 0});
    finding.fix = "keep one of the two, so that it is certain which name counts";
    findings_.push_back(std::move(finding));
  }

  void add(const Error& error) {
    if (error.findings().empty()) {
      if (!failure_) failure_ = error;
      return;
    }
    findings_.insert(findings_.end(), error.findings().begin(), error.findings().end());
  }

  Result<std::vector<bundle::TrustedKey>> finish() && {
    if (!findings_.empty()) return tl::unexpected(Error::of(std::move(findings_)));
    if (failure_) return tl::unexpected(std::move(*failure_));
    return std::move(keys_);
  }

 private:
  std::vector<bundle::TrustedKey> keys_;
  std::vector<Finding> findings_;
  std::optional<Error> failure_;
};

}  // namespace

Result<TrustedKeys> load_trusted_keys(const std::string& root, PolicyTrust trust) {
  const SiteFileKind kind{rules::key_untrusted, rules::key_invalid, "key"};
  const std::string folder = (root == "/" ? "" : root) + "/etc/addonctl/trusted-keys";
  TrustedKeys loaded;
  const auto names = TRY(list_site_folder(folder, trust, kind));
  if (!names) return loaded;
  loaded.present = true;
  Keyring keyring;
  for (const std::string& name : *names) {
    if (!name.ends_with(kSuffix) || name.starts_with('.')) continue;
    const std::string file = folder + "/" + name;
    const auto text = read_site_file(file, trust, kind, bundle::minisign::kMaxKeyFile);
    if (!text) {
      keyring.add(text.error());
    } else if (*text) {
      keyring.add(file, **text);
    }
  }
  loaded.keys = TRY(std::move(keyring).finish());
  return loaded;
}

Result<std::vector<bundle::TrustedKey>> read_key_files(const std::vector<std::string>& files) {
  Keyring keyring;
  for (const std::string& file : files) {
    // One byte over the limit is enough for its parser to refuse it as too large.
    const auto text = read_text(file, bundle::minisign::kMaxKeyFile + 1);
    if (text) {
      keyring.add(file, *text);
    } else {
      keyring.add(Error::of({make_finding(rules::key_invalid, text.error().message(), {file, 0, 0})}));
    }
  }
  return std::move(keyring).finish();
}

}  // namespace addon::cli
