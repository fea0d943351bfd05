#include "cli/read_addon.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "bundle/archive.hpp"
#include "bundle/bundle.hpp"
#include "bundle/survey.hpp"
#include "cli/archive_signature.hpp"
#include "cli/artifacts.hpp"
#include "cli/read_text.hpp"
#include "linux/directory.hpp"
#include "manifest/manifest.hpp"
#include "manifest/override.hpp"
#include "plan/lint.hpp"

namespace addon::cli {

namespace {
// One more than the parser accepts, so that it is the one to refuse what is too large.
constexpr std::size_t kLargestManifest = (std::size_t{1} << 20) + 1;

// A local override stands where the host looks for it, or in a folder of that name.
bool is_override(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::absolute(path, ignored).parent_path().filename() == "overrides.d";
}

ReadAddon read_manifest(const std::string& path) {
  const auto text = read_text(path, kLargestManifest);
  if (!text) {
    return {std::nullopt, {make_finding(rules::document_unreadable, text.error().message(), {path, 0, 0})}};
  }
  if (is_override(path)) return {std::nullopt, manifest::parse_override(*text, path).findings};
  manifest::ParsedManifest parsed = manifest::parse_manifest(*text, path);
  ReadAddon read{std::nullopt, std::move(parsed.findings)};
  if (!parsed.manifest) return read;
  read.addon = AskingAddon{parsed.manifest->id.value, parsed.manifest->version.value,
                           plan::lint_steps(*parsed.manifest)};
  read.addon->required = std::move(parsed.manifest->required_addons);
  return read;
}

ReadAddon unreadable(const Error& error, const std::string& path) {
  return {std::nullopt, {make_finding(rules::bundle_unreadable, error.message(), {path, 0, 0})}};
}

/// Who signed it, where there is a policy to judge that by.
void verify(bundle::ReadBundle& read, const policy::SitePolicy* policy) {
  if (policy == nullptr || !read.bundle) return;
  for (Finding& finding : bundle::verify_signature(*read.bundle, policy->keys)) {
    finding.addon = read.bundle->manifest.id.value.str();
    read.findings.push_back(std::move(finding));
  }
}

ReadAddon asking(bundle::ReadBundle bundle, const std::string& path) {
  ReadAddon read{std::nullopt, std::move(bundle.findings)};
  if (!bundle.bundle) return read;
  const manifest::Manifest& manifest = bundle.bundle->manifest;
  read.addon = AskingAddon{manifest.id.value, manifest.version.value, plan::lint_steps(*bundle.bundle)};
  read.addon->signer = bundle.bundle->signer;
  read.addon->required = manifest.required_addons;
  for (const bundle::BundleUnit& unit : bundle.bundle->units)
    read.addon->units.push_back(bundle::file_in(path, unit.name.str()));
  return read;
}

ReadAddon read_bundle(const LintTarget& target, const policy::SitePolicy* policy) {
  auto directory = linux::open_directory_path(target.path);
  if (!directory) return unreadable(directory.error(), target.path);
  // Its files are in its artifacts.
  if (released_manifest(**directory, target.path)) return read_manifest(target.manifest);
  const std::shared_ptr<const host::Directory> opened = std::move(*directory);
  const auto read_with = [&](bundle::Contents contents) {
    return bundle::read_directory(opened, target.path, bundle::Origin::bundle, {}, contents);
  };
  bundle::ReadBundle read = read_with(bundle::Contents::unread);
  // A signature is of digests, which take reading every file.
  if (policy != nullptr && read.bundle && read.bundle->signature) {
    read = read_with(bundle::Contents::hashed);
    verify(read, policy);
  }
  return asking(std::move(read), target.path);
}

ReadAddon read_archive(const std::string& path, const policy::SitePolicy* policy) {
  const auto file = linux::open_file_path(path);
  if (!file) return unreadable(file.error(), path);
  auto read = bundle::read_archive(**file, path, {});
  if (!read) return unreadable(read.error(), path);
  add_signature(*read, path, path);
  verify(*read, policy);
  return asking(*std::move(read), path);
}
}  // namespace

ReadAddon read_addon(const LintTarget& target, const policy::SitePolicy* policy) {
  switch (target.kind) {
    case LintTarget::Kind::bundle:
      return read_bundle(target, policy);
    case LintTarget::Kind::archive:
      return read_archive(target.path, policy);
    case LintTarget::Kind::manifest:
      break;
  }
  return read_manifest(target.path);
}

plan::Plan plan_of(AskingAddon addon) {
  plan::Plan plan;
  plan.verb = "apply";
  plan.steps = std::move(addon.steps);
  if (addon.signer) plan.signers.emplace(std::move(addon.id), std::move(*addon.signer));
  return plan;
}

}  // namespace addon::cli
