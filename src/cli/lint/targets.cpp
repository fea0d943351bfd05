#include "cli/lint/targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <system_error>

#include "bundle/survey.hpp"
#include "cli/bundle_sources.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {
namespace fs = std::filesystem;

std::string below(const std::string& directory, const std::string& name) {
  if (directory == ".") return name;
  return directory.ends_with('/') ? directory + name : directory + "/" + name;
}

bool is_manifest_name(const std::string& name) {
  return name == "addon.yaml" || (name.ends_with(".addon.yaml") && name != ".addon.yaml");
}

class Search {
 public:
  void operand(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found)
      return add(rules::document_unreadable, "it does not exist", path);
    if (error) return add(rules::document_unreadable, error.message(), path);
    if (status.type() != fs::file_type::directory) {
      const auto kind = is_archive_file(path) ? LintTarget::Kind::archive : LintTarget::Kind::manifest;
      found_.targets.push_back({kind, path, path});
      return;
    }
    const std::size_t before = found_.targets.size() + found_.findings.size();
    directory(path);
    if (found_.targets.size() + found_.findings.size() > before) return;
    Finding finding =
        make_finding(rules::bundle_manifest_missing,
                     "there is no addon.yaml, NAME.addon.yaml or archive in it or below it", {path, 0, 0});
    finding.fix = "name a manifest, a bundle or a directory of them";
    found_.findings.push_back(std::move(finding));
  }

  LintTargets take() && { return std::move(found_); }
  /// Whether two names of what was found may be one thing.
  bool met_links() const { return met_links_; }

 private:
  void add(const Rule& rule, const std::string& why, const std::string& path) {
    found_.findings.push_back(
        make_finding(rule, fmt::format("cannot read {}: {}", quoted(path), why), {path, 0, 0}));
  }

  void directory(const std::string& path) {
    std::error_code error;
    std::vector<std::string> manifests;
    std::vector<std::string> archives;
    std::vector<std::string> directories;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
      std::error_code gone;
      const std::string name = at->path().filename().string();
      // By what the directory's entry says, which needs no look at the file itself. Of a link
      // is_directory() says what it leads to.
      const bool is_link = at->is_symlink(gone);
      met_links_ = met_links_ || is_link;
      if (!is_link && at->is_directory(gone)) {
        directories.push_back(name);
      } else if (is_manifest_name(name)) {
        manifests.push_back(name);
      } else if (!is_link && has_archive_name(name)) {
        archives.push_back(name);
      }
    }
    if (error) return add(rules::document_unreadable, error.message(), path);
    const bool has_plain = std::find(manifests.begin(), manifests.end(), "addon.yaml") != manifests.end();
    if (has_plain || manifests.size() == 1) {
      const std::string name = has_plain ? "addon.yaml" : manifests.front();
      found_.targets.push_back({LintTarget::Kind::bundle, path, bundle::file_in(path, name)});
      return;
    }
    std::sort(manifests.begin(), manifests.end());
    std::sort(archives.begin(), archives.end());
    std::sort(directories.begin(), directories.end());
    for (const std::string& name : manifests)
      found_.targets.push_back({LintTarget::Kind::manifest, below(path, name), below(path, name)});
    for (const std::string& name : archives)
      found_.targets.push_back({LintTarget::Kind::archive, below(path, name), below(path, name)});
    directories_of(path, directories);
  }

  // Each by a search of its own, several at once, joined in their order.
  void directories_of(const std::string& path, const std::vector<std::string>& names) {
    constexpr std::size_t many = 16;
    if (is_part_ || names.size() < many) {
      for (const std::string& name : names) directory(below(path, name));
      return;
    }
    std::vector<Search> parts(names.size());
    for_each_in_parallel(names.size(), [&](std::size_t i) {
      parts[i].is_part_ = true;
      parts[i].directory(below(path, names[i]));
    });
    for (Search& part : parts) {
      met_links_ = met_links_ || part.met_links_;
      std::move(part.found_.targets.begin(), part.found_.targets.end(), std::back_inserter(found_.targets));
      std::move(part.found_.findings.begin(), part.found_.findings.end(),
                std::back_inserter(found_.findings));
    }
  }

  LintTargets found_;
  bool met_links_ = false;
  bool is_part_ = false;  ///< of another search, which works on several at once already
};

// What a name stands for, links resolved; the name itself where that cannot be told.
std::string place_of(const std::string& path) {
  std::error_code error;
  const fs::path place = fs::canonical(path, error);
  return error ? path : place.string();
}

void drop_repeated(std::vector<LintTarget>& targets) {
  std::set<std::string> of_bundles;
  for (const LintTarget& target : targets) {
    if (target.kind == LintTarget::Kind::bundle) of_bundles.insert(place_of(target.manifest));
  }
  std::set<std::string> seen;
  std::erase_if(targets, [&](const LintTarget& target) {
    const bool within =
        target.kind == LintTarget::Kind::manifest && of_bundles.contains(place_of(target.path));
    return within || !seen.insert(place_of(target.path)).second;
  });
}
}  // namespace

LintTargets find_lint_targets(const std::vector<std::string>& operands) {
  Search search;
  std::set<std::string> seen;
  for (const std::string& operand : operands) {
    if (seen.insert(operand).second) search.operand(operand);
  }
  const bool may_repeat = seen.size() > 1 || search.met_links();
  LintTargets found = std::move(search).take();
  if (may_repeat) drop_repeated(found.targets);
  return found;
}

}  // namespace addon::cli
