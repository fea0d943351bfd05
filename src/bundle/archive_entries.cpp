#include "bundle/archive_entries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "bundle/limits.hpp"
#include "bundle/survey.hpp"
#include "core/text.hpp"

namespace addon::bundle {

namespace {

constexpr std::string_view kBuild = "pack it with addonctl bundle build";

Error too_much(std::string message, std::string file, std::string fix) {
  Finding finding = make_finding(rules::bundle_limit, std::move(message), {std::move(file), 0, 0});
  finding.fix = std::move(fix);
  return Error::of({std::move(finding)});
}

std::size_t depth(std::string_view path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/')) + 1;
}

}  // namespace

void ArchiveEntries::find(const Rule& rule, std::string_view name, std::string message, std::string fix) {
  Finding finding = make_finding(rule, std::move(message), {file_in(source_, printable(name)), 0, 0});
  finding.fix = std::move(fix);
  walked_.findings.push_back(std::move(finding));
}

void ArchiveEntries::refuse(const Rule& rule, std::string_view name, std::string message, std::string fix) {
  find(rule, name, std::move(message), std::move(fix));
  walked_.refused.emplace_back(name);
}

Result<> ArchiveEntries::check_limits(const TarEntry& entry) {
  if (++entries_ > kMaxEntries) {
    return tl::unexpected(
        too_much(fmt::format("the bundle has more than {} files and directories", kMaxEntries), source_,
                 "pack what belongs together into fewer files"));
  }
  if (entry.size > kMaxFileBytes) {
    return tl::unexpected(too_much(larger_than_allowed(quoted(entry.name), entry.size),
                                   file_in(source_, printable(entry.name)), "make the file smaller"));
  }
  bytes_ += entry.size;
  if (bytes_ > kMaxBundleBytes) {
    return tl::unexpected(too_much(fmt::format("the bundle has {} bytes up to here, more than 8 GiB", bytes_),
                                   file_in(source_, printable(entry.name)), "ship less in one bundle"));
  }
  return {};
}

std::optional<RelativePath> ArchiveEntries::judge_name(const TarEntry& entry) {
  const bool is_directory = entry.kind == TarEntry::Kind::directory;
  std::string_view name = entry.name;
  if (is_directory && name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
  // `tar -cf … .` writes all names so: one cause.
  if (name == "." || name.starts_with("./")) {
    if (!std::exchange(dot_is_told_, true)) {
      find(rules::bundle_file_name, entry.name, "names in the archive begin with \"./\"",
           std::string(kBuild));
    }
    if (name == ".") return std::nullopt;
    name.remove_prefix(2);
  }
  if (const auto why = why_unsafe(name)) {
    refuse(rules::bundle_file_name, name, fmt::format("{} {}", quoted(entry.name), *why),
           fmt::format("rename it, and {}", kBuild));
    return std::nullopt;
  }
  if (depth(name) + (is_directory ? 1 : 0) > kMaxDepth) {
    refuse(rules::bundle_limit, name,
           fmt::format("{} is nested deeper than {} levels", quoted(name), kMaxDepth),
           "move its files further up");
    return std::nullopt;
  }
  RelativePath path = *RelativePath::parse(name);
  // A directory may have names that differ in case only.
  if (form_ == Form::directory) return path;
  const auto kind = is_directory ? EntryNames::Kind::directory : EntryNames::Kind::file;
  if (const auto why = names_.add(path, kind)) {
    refuse(rules::bundle_duplicate_entry, name, *why, "keep one of them");
    return std::nullopt;
  }
  return path;
}

void ArchiveEntries::judge_type(const TarEntry& entry, const RelativePath& path) {
  const std::string name = quoted(path.str());
  switch (entry.kind) {
    case TarEntry::Kind::symlink:
      return refuse(rules::bundle_file_type, path.str(),
                    fmt::format("{} is a symlink to {}", name, quoted(entry.target)),
                    "replace it by the file that is meant");
    case TarEntry::Kind::hard_link:
      return refuse(rules::bundle_hard_link, path.str(),
                    fmt::format("{} is a hard link to {}", name, quoted(entry.target)),
                    "replace it by a copy of its own");
    case TarEntry::Kind::other:
      return refuse(rules::bundle_file_type, path.str(), fmt::format("{} is a device, socket or pipe", name),
                    "leave it out of the bundle, or replace it by a regular file");
    case TarEntry::Kind::regular:
    case TarEntry::Kind::directory:
      break;
  }
  if (entry.is_sparse) {
    refuse(rules::bundle_sparse, path.str(), fmt::format("{} is sparse, of {} bytes", name, entry.size),
           "pack it without --sparse, or with addonctl bundle build");
  }
}

void ArchiveEntries::judge_bits(const TarEntry& entry, const RelativePath& path) {
  const std::string name = quoted(path.str());
  if ((entry.mode & 07000U) != 0) {
    find(rules::bundle_set_id, path.str(),
         fmt::format("{} has a set-user-ID, set-group-ID or sticky bit: mode {:04o}", name, entry.mode),
         "clear it: chmod a-s,-t");
  }
  std::vector<std::string> names;
  for (const std::string& attribute : entry.attributes) names.push_back(printable(attribute));
  if (entry.has_acl) names.emplace_back("an access control list");
  if (names.empty()) return;
  find(rules::bundle_xattr, path.str(),
       fmt::format("{} has extended attributes: {}", name, join(names, ", ")),
       fmt::format("pack it without --xattrs and --acls, or {}", kBuild));
}

Result<> ArchiveEntries::take_in(const TarEntry& entry, const RelativePath& path) {
  TRY(files_.begin(path, entry.size));
  for (;;) {
    const auto bytes = TRY(tar_.data());
    if (bytes.empty()) break;
    TRY(files_.give(bytes));
  }
  return files_.end();
}

Result<> ArchiveEntries::take(const TarEntry& entry) {
  TRY(check_limits(entry));
  if (walked_.first.empty() && entry.kind != TarEntry::Kind::directory) walked_.first = entry.name;
  const std::optional<RelativePath> path = judge_name(entry);
  if (!path) return {};
  judge_type(entry, *path);
  if (is_refused(walked_.refused, path->str())) return {};
  judge_bits(entry, *path);
  if (!walked_.findings.empty() && !std::exchange(is_stopped_, true)) TRY(files_.stop());
  if (entry.kind == TarEntry::Kind::directory) return {};
  return take_in(entry, *path);
}

}  // namespace addon::bundle
