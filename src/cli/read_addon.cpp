#include "cli/read_addon.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "bundle/archive.hpp"
#include "bundle/bundle.hpp"
#include "bundle/survey.hpp"
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
  return read;
}

ReadAddon unreadable(const Error& error, const std::string& path) {
  return {std::nullopt, {make_finding(rules::bundle_unreadable, error.message(), {path, 0, 0})}};
}

ReadAddon asking(bundle::ReadBundle bundle, const std::string& path) {
  ReadAddon read{std::nullopt, std::move(bundle.findings)};
  if (!bundle.bundle) return read;
  const manifest::Manifest& manifest = bundle.bundle->manifest;
  read.addon = AskingAddon{manifest.id.value, manifest.version.value, plan::lint_steps(*bundle.bundle)};
  for (const bundle::BundleUnit& unit : bundle.bundle->units)
    read.addon->units.push_back(bundle::file_in(path, unit.name.str()));
  return read;
}

ReadAddon read_bundle(const LintTarget& target) {
  auto directory = linux::open_directory_path(target.path);
  if (!directory) return unreadable(directory.error(), target.path);
  // Its files are in its artifacts.
  if (released_manifest(**directory, target.path)) return read_manifest(target.manifest);
  return asking(bundle::read_directory(std::move(*directory), target.path, bundle::Origin::bundle, {},
                                       bundle::Contents::unread),
                target.path);
}

ReadAddon read_archive(const std::string& path) {
  const auto file = linux::open_file_path(path);
  if (!file) return unreadable(file.error(), path);
  auto read = bundle::read_archive(**file, path, {});
  return read ? asking(*std::move(read), path) : unreadable(read.error(), path);
}
}  // namespace

ReadAddon read_addon(const LintTarget& target) {
  switch (target.kind) {
    case LintTarget::Kind::bundle:
      return read_bundle(target);
    case LintTarget::Kind::archive:
      return read_archive(target.path);
    case LintTarget::Kind::manifest:
      break;
  }
  return read_manifest(target.path);
}

plan::Plan plan_of(std::vector<plan::Step> steps) {
  plan::Plan plan;
  plan.verb = "apply";
  plan.steps = std::move(steps);
  return plan;
}

}  // namespace addon::cli
