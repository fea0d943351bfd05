#include "executor/rollback_target.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <memory>
#include <utility>

#include "bundle/bundle.hpp"
#include "bundle/parser.hpp"
#include "executor/layout.hpp"

namespace addon::executor {

Result<plan::Release> previous_release(const Generations& generations, const AddonId& id) {
  const plan::Generation last = generations.last();
  const auto present = last.addons.find(id);
  if (present == last.addons.end()) {
    return tl::unexpected(
        Error(fmt::format("{} is not installed; addonctl status lists what is", id.str()), ErrorKind::usage));
  }
  for (std::size_t i = generations.all.size(); i-- > 0;) {
    const std::map<AddonId, plan::Release>& addons = generations.all[i].addons;
    const auto found = addons.find(id);
    if (found != addons.end() && found->second.version != present->second.version) return found->second;
  }
  return tl::unexpected(Error(fmt::format("{} has no version before {}; use addonctl remove to take it off",
                                          id.str(), present->second.version.str())));
}

Result<plan::Generation> target_generation(const Generations& generations,
                                           std::optional<std::uint64_t> number) {
  const std::uint64_t last = generations.last().number;
  if (last == 0) {
    return tl::unexpected(
        Error("there is no generation to roll back from: nothing was applied yet", ErrorKind::usage));
  }
  const std::uint64_t wanted = number.value_or(last - 1);
  if (wanted == 0) return plan::Generation{};
  if (const plan::Generation* found = generations.find(wanted)) return *found;
  return tl::unexpected(Error(fmt::format("there is no generation {}; addonctl history lists them", wanted),
                              number ? ErrorKind::usage : ErrorKind::failed));
}

namespace {
Error unusable(const Rule& rule, const plan::Release& release, const std::string& why) {
  Finding finding = make_finding(
      rule, fmt::format("cannot go back to {} {}: /{} {}", release.id.str(), release.version.str(),
                        version_dir(release.id, release.version).str(), why));
  finding.addon = release.id.str();
  finding.fix = fmt::format("apply the bundle of {} {} instead", release.id.str(), release.version.str());
  return Error::of({std::move(finding)});
}

// Of what is nowhere but in the record.
Result<bundle::Bundle> read_recorded(const plan::Release& release, bundle::Parser& parser) {
  const auto unreadable = [&](const std::string& why) {
    Finding finding = make_finding(rules::host_version_altered,
                                   fmt::format("cannot go back to {} {}: its manifest in the record {}",
                                               release.id.str(), release.version.str(), why));
    finding.addon = release.id.str();
    finding.fix = fmt::format("apply the bundle of {} {} instead", release.id.str(), release.version.str());
    return tl::unexpected(Error::of({std::move(finding)}));
  };
  if (Digest::of(release.manifest_text) != release.manifest_sha256)
    return unreadable("is not what was applied");
  manifest::ParsedManifest parsed =
      parser.manifest(release.manifest_text, fmt::format("(record of {})", release.id.str()));
  if (!parsed.manifest)
    return unreadable("is no valid one: " + Error::of(std::move(parsed.findings)).message());
  bundle::Bundle bundle{.source = {},
                        .manifest = std::move(*parsed.manifest),
                        .manifest_sha256 = release.manifest_sha256,
                        .files = {},
                        .units = {},
                        .primary = std::nullopt,
                        .directory = nullptr};
  bundle.manifest_text = release.manifest_text;
  bundle.signer = release.signer;
  return bundle;
}

}  // namespace

Result<bundle::Bundle> read_installed(const plan::Release& release, const host::Directory& root,
                                      const host::KnownDigests& known, bundle::Parser* parser) {
  bundle::OwnParser own;
  if (!release.is_staged()) return read_recorded(release, parser != nullptr ? *parser : own);
  const RelativePath path = version_dir(release.id, release.version);
  auto opened = root.open_directory_if_present(path);
  if (!opened)
    return tl::unexpected(
        unusable(rules::host_version_altered, release, "cannot be opened: " + opened.error().message()));
  if (*opened == nullptr) return tl::unexpected(unusable(rules::host_version_missing, release, "is missing"));
  bundle::ReadBundle read =
      bundle::read_directory(std::shared_ptr<const host::Directory>(std::move(*opened)), "/" + path.str(),
                             bundle::Origin::installed, known, bundle::Contents::hashed, parser);
  if (!read.bundle) {
    return tl::unexpected(
        unusable(rules::host_version_altered, release,
                 "is not what was installed: " + Error::of(std::move(read.findings)).message()));
  }
  // What is installed stands for itself: it is no source to stage from.
  read.bundle->source.clear();
  read.bundle->signer = release.signer;
  const plan::Release found = plan::make_release(*read.bundle);
  if (!found.same_content(release) || found.manifest_sha256 != release.manifest_sha256) {
    return tl::unexpected(unusable(rules::host_version_altered, release, "is not what was installed"));
  }
  return std::move(*read.bundle);
}

}  // namespace addon::executor
