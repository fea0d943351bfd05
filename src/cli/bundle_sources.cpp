#include "cli/bundle_sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

#include "bundle/archive.hpp"
#include "bundle/survey.hpp"
#include "cli/archive_signature.hpp"
#include "cli/artifacts.hpp"
#include "core/text.hpp"
#include "executor/byte_meter.hpp"
#include "executor/metered_file.hpp"
#include "linux/directory.hpp"

namespace addon::cli {

namespace {
namespace fs = std::filesystem;

fs::path folder_of(const std::string& file) {
  const fs::path parent = fs::path(file).parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

std::string without_end_slash(fs::path path) {
  if (!path.has_filename() && path.has_relative_path()) path = path.parent_path();
  return path.string();
}

fs::path real(const fs::path& path) {
  std::error_code error;
  fs::path found = fs::weakly_canonical(path, error);
  return error ? path : found;
}

bool leads_upwards(const fs::path& path) { return std::find(path.begin(), path.end(), "..") != path.end(); }
// One cause, one finding; what else is known of the source comes with it.
Finding cannot_open(const Error& error, const std::string& path) {
  Finding finding = make_finding(rules::bundle_unreadable, error.message(), {path, 0, 0});
  finding.fix = "name a directory that holds a manifest, or an archive of one";
  return finding;
}

/// Reads an archive that stands open, and calls it `name`.
Result<bundle::ReadBundle> read_open(host::File& file, const std::string& name, const Opening& opening,
                                     const std::optional<Digest>& pinned) {
  bundle::ArchiveOptions options;
  if (opening.incoming != nullptr) options.into = TRY(opening.incoming->make());
  options.write_limit = opening.write_limit;
  options.interrupted = opening.interrupted;
  options.pinned = pinned;
  if (opening.told == nullptr) return bundle::read_archive(file, name, std::move(options));
  const std::string doing = fmt::format("reading {}", printable(name));
  opening.told->progress.doing(doing);
  const std::uint64_t size = TRY(file.state()).identity.size;
  executor::ByteMeter meter(opening.told->progress, opening.told->clock, doing, size);
  executor::MeteredFile metered(file, meter);
  return bundle::read_archive(metered, name, std::move(options));
}

Result<executor::BundleSource> open_archive(const SourceName& source, const Opening& opening) {
  const auto file = linux::open_file_path(source.path);
  if (!file) return tl::unexpected(Error::of({cannot_open(file.error(), source.path)}));
  executor::BundleSource opened;
  opened.name = source.name;
  bundle::ReadBundle read = TRY(read_open(**file, source.name, opening, std::nullopt));
  add_signature(read, source.path, source.name);
  opened.archive = std::make_shared<const bundle::ReadBundle>(std::move(read));
  return opened;
}

/// What its manifest says is the archive for this platform.
Result<executor::BundleSource> open_artifact(const SourceName& source, const manifest::Manifest& manifest,
                                             const host::Directory& directory, const Opening& opening) {
  executor::BundleSource opened;
  opened.name = source.name;
  auto found = find_artifact(manifest, directory, opening.platform, opening.artifacts_below);
  if (!found) {
    if (found.error().findings().empty()) return tl::unexpected(std::move(found).error());
    opened.archive = std::make_shared<const bundle::ReadBundle>(
        bundle::ReadBundle{std::nullopt, found.error().findings()});
    return opened;
  }
  const std::string name = bundle::file_in(source.name, found->artifact.object_key.str());
  bundle::ReadBundle read = TRY(read_open(*found->file, name, opening, found->artifact.sha256));
  check_artifact(manifest.id.value, manifest.version.value, name, read);
  if (found->signature) {
    attach_signature(read, std::move(*found->signature), bundle::file_in(source.name, found->signature_key));
  }
  // Plans remember what was asked for, not what was chosen.
  if (read.bundle) read.bundle->source = source.name;
  opened.archive = std::make_shared<const bundle::ReadBundle>(std::move(read));
  return opened;
}

Result<executor::BundleSource> open_source(const SourceName& source, const Opening& opening) {
  std::error_code error;
  if (fs::is_regular_file(source.path, error)) return open_archive(source, opening);
  auto directory = linux::open_directory_path(source.path);
  if (!directory) return tl::unexpected(Error::of({cannot_open(directory.error(), source.path)}));
  if (const auto manifest = released_manifest(**directory, source.name)) {
    return open_artifact(source, *manifest, **directory, opening);
  }
  executor::BundleSource opened;
  opened.name = source.name;
  opened.directory = std::move(*directory);
  return opened;
}
}  // namespace

bool has_archive_name(const std::string& path) {
  return path.ends_with(".tar.gz") || path.ends_with(".tgz") || path.ends_with(".tar.zst");
}

bool is_archive_file(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  if (has_archive_name(path)) return true;
  const auto file = linux::open_file_path(path);
  std::array<std::byte, 4> beginning{};
  const auto count = file ? (*file)->read(beginning) : Result<std::size_t>(0);
  return count && bundle::is_archive(std::span(beginning).first(*count));
}

SourceName name_source(const std::string& operand, const std::string& plan_file) {
  std::error_code error;
  const bool is_manifest = fs::is_regular_file(operand, error) && !is_archive_file(operand);
  const std::string path = is_manifest ? folder_of(operand).string() : operand;
  if (plan_file.empty()) return {path, path};
  if (fs::path(path).is_absolute()) return {path, without_end_slash(fs::path(path).lexically_normal())};
  return {path, without_end_slash(real(path).lexically_proximate(real(folder_of(plan_file))))};
}

SourceName locate_source(const std::string& name, const std::string& plan_file,
                         const std::optional<std::string>& below) {
  const fs::path source(name);
  if (!below)
    return {source.is_absolute() ? name : (folder_of(plan_file) / source).lexically_normal().string(), name};
  const bool by_own_name = source.is_absolute() || leads_upwards(source);
  return {(fs::path(*below) / (by_own_name ? source.filename() : source)).lexically_normal().string(), name};
}

Result<std::vector<executor::BundleSource>> open_sources(const std::vector<SourceName>& sources,
                                                         const Opening& opening) {
  std::vector<executor::BundleSource> opened;
  std::vector<Finding> findings;
  for (const SourceName& source : sources) {
    auto one = open_source(source, opening);
    if (one) {
      opened.push_back(*std::move(one));
    } else if (one.error().findings().empty()) {
      return tl::unexpected(std::move(one)
                                .error()
                                .with_context(fmt::format("nothing was changed, since {} cannot be unpacked",
                                                          printable(source.path)))
                                .with_kind(ErrorKind::rolled_back));
    } else {
      const std::vector<Finding>& why = one.error().findings();
      findings.insert(findings.end(), why.begin(), why.end());
    }
  }
  if (!findings.empty()) return tl::unexpected(Error::of(std::move(findings)));
  return opened;
}

void show_paths(std::vector<Finding>& findings, const std::vector<SourceName>& sources) {
  for (Finding& finding : findings) {
    std::string& file = finding.at.file;
    for (const SourceName& source : sources) {
      const bool inside = file.starts_with(source.name) &&
                          (file.size() == source.name.size() || file[source.name.size()] == '/');
      if (!inside || source.name == source.path) continue;
      std::string path = source.path;
      if (path.ends_with('/') && file.size() > source.name.size()) path.pop_back();
      file.replace(0, source.name.size(), path);
      break;
    }
  }
}

}  // namespace addon::cli
