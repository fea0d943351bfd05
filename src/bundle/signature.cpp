#include "bundle/signature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bundle/bundle.hpp"
#include "core/text.hpp"

namespace addon::bundle {

namespace {

std::vector<Finding> refused(const Rule& rule, const BundleSignature& signature, int line,
                             std::string message, std::string fix) {
  Finding finding = make_finding(rule, std::move(message), {signature.file, line, 0});
  finding.fix = std::move(fix);
  return {std::move(finding)};
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// Whether the comment has one word with that prefix, and it is this one.
bool says(std::string_view comment, std::string_view prefix, std::string_view value) {
  const auto words = words_of(comment);
  const auto has_prefix = [&](std::string_view word) { return word.starts_with(prefix); };
  const auto found = std::find_if(words.begin(), words.end(), has_prefix);
  return found != words.end() && found->substr(prefix.size()) == value &&
         std::count_if(words.begin(), words.end(), has_prefix) == 1;
}

std::string names_of(std::span<const TrustedKey> keys) {
  std::vector<std::string> names;
  for (const TrustedKey& key : keys) names.push_back(fmt::format("{} ({})", key.name, key.key.id.hex()));
  return names.empty() ? "none" : join(names, ", ");
}

std::vector<Finding> unknown_key(const BundleSignature& signature, const minisign::KeyId& id,
                                 std::span<const TrustedKey> keys) {
  return refused(rules::signature_unknown_key, signature, 2,
                 fmt::format("it is signed by the key {}, which is not trusted here; trusted: {}", id.hex(),
                             names_of(keys)),
                 "put the public key into trusted-keys, once you know from its owner that it is theirs, or "
                 "sign with one that is trusted");
}

}  // namespace

bool is_key_name(std::string_view name) {
  constexpr std::size_t longest = 128;
  return !name.empty() && name.size() <= longest && !name.starts_with('.') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_' || c == '-' || c == '@' || c == '+';
         });
}

Result<TrustedKey> read_key(std::string name, std::string_view text, const std::string& file) {
  if (!is_key_name(name)) {
    Finding finding =
        make_finding(rules::key_invalid, fmt::format("{} is no name for a key", quoted(name)), {file, 0, 0});
    finding.fix = "rename the file, to letters, digits and . _ - @ +, and not beginning with a dot";
    return tl::unexpected(Error::of({std::move(finding)}));
  }
  const minisign::PublicKey key = TRY(minisign::parse_public_key(text, file));
  return TrustedKey{std::move(name), key};
}

std::string digest_list(const std::vector<ListedFile>& files) {
  std::vector<const ListedFile*> sorted;
  for (const ListedFile& file : files) sorted.push_back(&file);
  std::sort(sorted.begin(), sorted.end(),
            [](const ListedFile* a, const ListedFile* b) { return a->path < b->path; });
  std::string list;
  for (const ListedFile* file : sorted) list += fmt::format("{}  {}\n", file->sha256.hex(), file->path.str());
  return list;
}

std::string required_comment(const Bundle& bundle) {
  return fmt::format("id:{} version:{}", bundle.manifest.id.value.str(), bundle.manifest.version.value.str());
}

std::vector<Finding> verify_signature(Bundle& bundle, std::span<const TrustedKey> keys) {
  bundle.signer.reset();
  if (!bundle.signature) return {};
  const BundleSignature& found = *bundle.signature;
  const auto signature = found.read ? *found.read : minisign::parse_signature(found.text, found.file);
  if (!signature) return signature.error().findings();
  const auto has_id = [&](const TrustedKey& key) { return key.key.id == signature->key; };
  if (std::none_of(keys.begin(), keys.end(), has_id)) return unknown_key(found, signature->key, keys);
  // An id is no proof: of several keys that have it, the one that made the signature counts.
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const TrustedKey& trusted) {
    return minisign::verifies(*signature, trusted.key, found.digest);
  });
  if (key == keys.end()) {
    return refused(rules::signature_invalid, found, 0,
                   fmt::format("it is no signature by the key {} of the files that are here, or its comment "
                               "was changed",
                               signature->key.hex()),
                   "get bundle and signature again from whoever made them, or sign it anew if you made it");
  }
  const std::string wanted = required_comment(bundle);
  if (!says(signature->trusted_comment, "id:", bundle.manifest.id.value.str()) ||
      !says(signature->trusted_comment, "version:", bundle.manifest.version.value.str())) {
    return refused(rules::signature_other_bundle, found, 3,
                   fmt::format("its trusted comment is {}, and not one for {}",
                               quoted(signature->trusted_comment), wanted),
                   fmt::format("sign with addonctl bundle sign, or with minisign -t '{}'", wanted));
  }
  bundle.signer = Signer{key->name, key->key.id.hex(), signature->trusted_comment};
  return {};
}

bool is_trusted(const Signer& signer, std::span<const TrustedKey> keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const TrustedKey& key) {
    return key.name == signer.key && key.key.id.hex() == signer.key_id;
  });
}

}  // namespace addon::bundle
