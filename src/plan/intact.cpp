#include "plan/intact.hpp"

#include <algorithm>

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

bool is_intact(const host::InstalledVersion& found, const Release& wanted, const host::HostState& host) {
  if (!found.strangers.empty() || found.files.size() != wanted.files.size()) return false;
  return std::all_of(wanted.files.begin(), wanted.files.end(), [&](const ReleaseFile& file) {
    const host::InstalledFile* on_host = find_file(found, file.path);
    return on_host != nullptr && on_host->sha256 == file.sha256 && on_host->state.mode == file.mode &&
           on_host->state.uid == 0 && on_host->state.gid == group_of(file, wanted, host) &&
           on_host->state.links == 1;
  });
}

bool has_same_bytes(const host::InstalledVersion& found, const Release& wanted) {
  if (!found.strangers.empty() || found.files.size() != wanted.files.size()) return false;
  return std::all_of(wanted.files.begin(), wanted.files.end(), [&](const ReleaseFile& file) {
    const host::InstalledFile* on_host = find_file(found, file.path);
    return on_host != nullptr && on_host->sha256 == file.sha256;
  });
}

}  // namespace addon::plan
