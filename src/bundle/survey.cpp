#include "bundle/survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "bundle/limits.hpp"
#include "core/text.hpp"

namespace addon::bundle {

namespace {

bool is_below(std::string_view path, std::string_view directory) {
  return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

class Walk {
 public:
  Walk(const std::string& source, Origin origin) : source_(source), origin_(origin) {}

  void directory(const host::Directory& directory, const std::optional<RelativePath>& path);
  Survey finish();

 private:
  void entry(const host::Directory& parent, const host::DirectoryEntry& entry, const RelativePath& path);
  void subdirectory(const host::Directory& parent, const RelativePath& name, const RelativePath& path);
  void regular(const host::Directory& parent, const RelativePath& name, const RelativePath& path);
  void refuse_symlink(const host::Directory& parent, const RelativePath& name, const RelativePath& path);
  void judge(const SurveyedFile& file);
  void judge_attributes(const host::File& file, const RelativePath& path);
  bool count();

  void refuse(const Rule& rule, std::string_view path, std::string message, std::string fix);
  void find(const Rule& rule, std::string_view path, std::string message, std::string fix);

  const std::string& source_;
  Origin origin_;
  std::size_t entries_ = 0;
  std::uint64_t bytes_ = 0;
  Survey survey_;
};

void Walk::find(const Rule& rule, std::string_view path, std::string message, std::string fix) {
  Finding finding = make_finding(rule, std::move(message), {file_in(source_, printable(path)), 0, 0});
  finding.fix = std::move(fix);
  survey_.findings.push_back(std::move(finding));
}

void Walk::refuse(const Rule& rule, std::string_view path, std::string message, std::string fix) {
  find(rule, path, std::move(message), std::move(fix));
  survey_.refused.emplace_back(path);
}

bool Walk::count() {
  ++entries_;
  if (entries_ == kMaxEntries + 1) {
    survey_.complete = false;
    Finding finding = make_finding(
        rules::bundle_limit, fmt::format("the bundle has more than {} files and directories", kMaxEntries),
        {source_});
    finding.fix = "pack what belongs together into fewer files";
    survey_.findings.push_back(std::move(finding));
  }
  return entries_ <= kMaxEntries;
}

void Walk::directory(const host::Directory& directory, const std::optional<RelativePath>& path) {
  const auto entries = directory.list();
  if (!entries) {
    if (!path) survey_.complete = false;
    refuse(unreadable(entries.error()), path ? path->str() : "",
           fmt::format("cannot list the directory: {}", entries.error().message()),
           "check that it exists and that you may read it");
    return;
  }
  for (const host::DirectoryEntry& found : *entries) {
    if (!count()) return;
    const std::string raw = path ? path->str() + "/" + found.name : found.name;
    const auto full = is_safe_segment(found.name) ? RelativePath::parse(raw)
                                                  : tl::unexpected(Error("unsafe name", ErrorKind::invalid));
    if (!full) {
      refuse(rules::bundle_file_name, raw, fmt::format("{} is not a safe file name", quoted(found.name)),
             "rename it, without control characters, '\\' and bytes that are not UTF-8");
      continue;
    }
    entry(directory, found, *full);
  }
}

void Walk::entry(const host::Directory& parent, const host::DirectoryEntry& entry, const RelativePath& path) {
  const RelativePath name = RelativePath::of({entry.name});
  switch (entry.type) {
    case host::FileType::directory:
      return subdirectory(parent, name, path);
    case host::FileType::regular:
      return regular(parent, name, path);
    case host::FileType::symlink:
      return refuse_symlink(parent, name, path);
    case host::FileType::other:
      return refuse(rules::bundle_file_type, path.str(),
                    fmt::format("{} is a device, socket or pipe", quoted(path.str())),
                    "leave it out of the bundle, or replace it by a regular file");
  }
}

void Walk::subdirectory(const host::Directory& parent, const RelativePath& name, const RelativePath& path) {
  if (path.segments().size() >= kMaxDepth) {
    return refuse(rules::bundle_limit, path.str(),
                  fmt::format("{} is nested deeper than {} levels", quoted(path.str()), kMaxDepth),
                  "move its files further up");
  }
  const auto child = parent.open_directory(name);
  if (!child) {
    return refuse(unreadable(child.error()), path.str(),
                  fmt::format("cannot open the directory: {}", child.error().message()),
                  how_to_read(child.error()));
  }
  directory(**child, path);
}

void Walk::refuse_symlink(const host::Directory& parent, const RelativePath& name, const RelativePath& path) {
  const auto target = parent.read_link(name);
  refuse(rules::bundle_file_type, path.str(),
         target ? fmt::format("{} is a symlink to {}", quoted(path.str()), quoted(*target))
                : fmt::format("{} is a symlink", quoted(path.str())),
         "replace it by the file that is meant");
}

void Walk::regular(const host::Directory& parent, const RelativePath& name, const RelativePath& path) {
  const auto not_read = [&](const Error& error) {
    refuse(unreadable(error), path.str(), fmt::format("cannot read the file: {}", error.message()),
           how_to_read(error));
  };
  // An installed file is root's and may be 0750: looking at it must not need the right to read it.
  if (origin_ == Origin::installed) {
    const auto state = parent.stat(name);
    if (!state) return not_read(state.error());
    if (!*state || (*state)->type != host::FileType::regular) {
      return not_read(Error("it changed while the directory was read"));
    }
    survey_.files.push_back({path, **state});
    return judge(survey_.files.back());
  }
  const auto file = parent.open_file(name);
  if (!file) return not_read(file.error());
  const auto state = (*file)->state();
  if (!state) return not_read(state.error());
  survey_.files.push_back({path, *state});
  judge(survey_.files.back());
  judge_attributes(**file, path);
}

void Walk::judge(const SurveyedFile& file) {
  bytes_ += file.state.identity.size;
  const std::string name = quoted(file.path.str());
  if (file.state.links > 1) {
    find(rules::bundle_hard_link, file.path.str(),
         fmt::format("{} has {} hard links", name, file.state.links), "replace it by a copy of its own");
  }
  if (file.state.identity.size > kMaxFileBytes) {
    find(rules::bundle_limit, file.path.str(), larger_than_allowed(name, file.state.identity.size),
         "make the file smaller");
  }
  if (origin_ == Origin::bundle && (file.state.mode & 07000U) != 0) {
    find(rules::bundle_set_id, file.path.str(),
         fmt::format("{} has a set-user-ID, set-group-ID or sticky bit: mode {:04o}", name, file.state.mode),
         "clear it: chmod a-s,-t");
  }
}

void Walk::judge_attributes(const host::File& file, const RelativePath& path) {
  const auto attributes = file.attributes();
  if (!attributes) {
    find(unreadable(attributes.error()), path.str(),
         fmt::format("cannot read the file's attributes: {}", attributes.error().message()),
         how_to_read(attributes.error()));
    return;
  }
  if (attributes->empty()) return;
  std::vector<std::string> names;
  for (const std::string& name : *attributes) names.push_back(printable(name));
  find(rules::bundle_xattr, path.str(),
       fmt::format("{} has extended attributes: {}", quoted(path.str()), join(names, ", ")),
       "remove them with setfattr -x, or setcap -r for capabilities");
}

Survey Walk::finish() {
  if (origin_ == Origin::bundle && bytes_ > kMaxBundleBytes) {
    find(rules::bundle_limit, "", fmt::format("the bundle has {} bytes, more than 8 GiB", bytes_),
         "ship less in one bundle");
  }
  survey_.sort();
  return std::move(survey_);
}

}  // namespace

namespace {
bool is_hosts_fault(const Error& error) {
  constexpr std::array faults = {EIO, ENOMEM, EMFILE, ENFILE, ESTALE};
  return std::find(faults.begin(), faults.end(), error.errno_value()) != faults.end();
}
}  // namespace

const Rule& unreadable(const Error& error) {
  return is_hosts_fault(error) ? rules::host_read_failed : rules::bundle_unreadable;
}

std::string how_to_read(const Error& error) {
  return is_hosts_fault(error) ? "look into the kernel's log and the limits of the process, and try again"
                               : "check that you may read it";
}

std::string larger_than_allowed(const std::string& name, std::uint64_t bytes) {
  return fmt::format("{} has {} bytes, more than 4 GiB", name, bytes);
}

void Survey::sort() {
  std::sort(files.begin(), files.end(),
            [](const SurveyedFile& a, const SurveyedFile& b) { return a.path < b.path; });
}

const SurveyedFile* Survey::find(std::string_view path) const {
  const auto found = std::lower_bound(
      files.begin(), files.end(), path,
      [](const SurveyedFile& file, std::string_view wanted) { return file.path.str() < wanted; });
  return found != files.end() && found->path.str() == path ? &*found : nullptr;
}

bool is_refused(const std::vector<std::string>& refused, std::string_view path) {
  return std::any_of(refused.begin(), refused.end(),
                     [&](const std::string& refusal) { return path == refusal || is_below(path, refusal); });
}

bool Survey::refuses(std::string_view path) const { return is_refused(refused, path); }

bool Survey::is_directory(std::string_view path) const {
  return std::any_of(files.begin(), files.end(),
                     [&](const SurveyedFile& file) { return is_below(file.path.str(), path); });
}

Survey survey(const host::Directory& directory, const std::string& source, Origin origin) {
  Walk walk(source, origin);
  walk.directory(directory, std::nullopt);
  return walk.finish();
}

std::string file_in(const std::string& source, std::string_view path) {
  if (path.empty()) return source;
  return fmt::format("{}{}{}", source, source.ends_with('/') ? "" : "/", path);
}

}  // namespace addon::bundle
