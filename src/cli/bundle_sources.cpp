#include "cli/bundle_sources.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

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
}  // namespace

SourceName name_source(const std::string& operand, const std::string& plan_file) {
  std::error_code error;
  const bool is_file = fs::is_regular_file(operand, error);
  const std::string path = is_file ? folder_of(operand).string() : operand;
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

Result<std::vector<executor::BundleSource>> open_sources(const std::vector<SourceName>& sources) {
  std::vector<executor::BundleSource> opened;
  std::vector<Finding> findings;
  for (const SourceName& source : sources) {
    auto directory = linux::open_directory_path(source.path);
    if (directory) {
      opened.push_back({source.name, std::move(*directory)});
      continue;
    }
    Finding finding =
        make_finding(rules::bundle_unreadable, directory.error().message(), {source.path, 0, 0});
    finding.fix = "name a directory that holds a manifest";
    findings.push_back(std::move(finding));
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
