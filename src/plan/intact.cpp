#include "plan/intact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace addon::plan {

const host::InstalledFile* find_file(const host::InstalledVersion& version, const RelativePath& path) {
  const auto found = std::find_if(version.files.begin(), version.files.end(),
                                  [&](const host::InstalledFile& file) { return file.path == path; });
  return found == version.files.end() ? nullptr : &*found;
}

namespace {

unsigned group_of(const ReleaseFile& file, const Release& release, const host::HostState& host) {
  if (!file.run_as_group) return 0;
  const auto account = host.users.find(release.run_as);
  return account != host.users.end() && account->second ? account->second->gid : 0;
}

}  // namespace

namespace {

std::string owner(unsigned uid, unsigned gid) { return fmt::format("{}:{}", uid, gid); }

std::string mode_text(unsigned mode) { return fmt::format("{:04o}", mode); }

// Text is made of what differs only: nearly always nothing does.
void compare(const host::InstalledFile& found, const ReleaseFile& wanted, unsigned group,
             std::vector<FileDifference>& out) {
  const host::FileState& state = found.state;
  const auto add = [&](const char* kind, std::string expected, std::string actual) {
    out.push_back({wanted.path.str(), kind, std::move(expected), std::move(actual)});
  };
  if (found.sha256 != wanted.sha256) {
    add("bytes", wanted.sha256.str(), found.sha256 ? found.sha256->str() : "unreadable");
  }
  if (state.mode != wanted.mode) add("mode", mode_text(wanted.mode), mode_text(state.mode));
  if (state.uid != 0 || state.gid != group) add("owner", owner(0, group), owner(state.uid, state.gid));
  if (state.links != 1) add("links", "1", std::to_string(state.links));
}

}  // namespace

std::vector<FileDifference> differences(const host::InstalledVersion& found, const Release& wanted,
                                        const host::HostState& host) {
  std::vector<FileDifference> out;
  for (const ReleaseFile& file : wanted.files) {
    const host::InstalledFile* on_host = find_file(found, file.path);
    if (on_host == nullptr) {
      out.push_back({file.path.str(), "missing", file.sha256.str(), ""});
    } else {
      compare(*on_host, file, group_of(file, wanted, host), out);
    }
  }
  const auto is_wanted = [&](const host::InstalledFile& file) {
    return std::any_of(wanted.files.begin(), wanted.files.end(),
                       [&](const ReleaseFile& other) { return other.path == file.path; });
  };
  for (const host::InstalledFile& file : found.files) {
    if (!is_wanted(file)) out.push_back({file.path.str(), "stray", "", "a file"});
  }
  for (const std::string& stranger : found.strangers)
    out.push_back({stranger, "stray", "", "no regular file"});
  return out;
}

bool is_intact(const host::InstalledVersion& found, const Release& wanted, const host::HostState& host) {
  return differences(found, wanted, host).empty();
}

bool has_same_bytes(const host::InstalledVersion& found, const Release& wanted) {
  if (!found.strangers.empty() || found.files.size() != wanted.files.size()) return false;
  return std::all_of(wanted.files.begin(), wanted.files.end(), [&](const ReleaseFile& file) {
    const host::InstalledFile* on_host = find_file(found, file.path);
    return on_host != nullptr && on_host->sha256 == file.sha256;
  });
}

}  // namespace addon::plan
