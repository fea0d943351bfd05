#include "plan/state_dirs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/text.hpp"

namespace addon::plan {

namespace {

bool is_below(std::string_view path, std::string_view directory) {
  return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

bool overlap(const std::string& one, const std::string& other) {
  return one == other || is_below(one, other) || is_below(other, one);
}

DirectoryRights rights_of(const host::FileState& state) { return {state.uid, state.gid, state.mode}; }

Finding finding_of(const Rule& rule, const AddonId& addon, std::string message, SourceSpan at,
                   std::string fix) {
  Finding finding = make_finding(rule, std::move(message), std::move(at));
  finding.addon = addon.str();
  finding.fix = std::move(fix);
  return finding;
}

// "" where it is one.
std::string no_directory(const std::string& path, const host::FileState& state) {
  if (state.type == host::FileType::directory) return "";
  return state.type == host::FileType::symlink
             ? fmt::format("{} is a symbolic link, which addonctl never follows", printable(path))
             : fmt::format("{} is not a directory", printable(path));
}

class Making {
 public:
  Making(const Release& wanted, const bundle::Bundle* bundle, const host::HostState& host)
      : wanted_(wanted), bundle_(bundle), host_(host) {}

  StateDirSteps run() && {
    for (const ReleaseStateDir& dir : wanted_.state_dirs) {
      const std::optional<DirectoryRights> rights = rights_for(dir);
      if (!rights) continue;
      if (is_way_fit(dir, *rights)) make(dir, *rights);
      made_.emplace(dir.path, *rights);
    }
    return std::move(out_);
  }

 private:
  SourceSpan place_of(const ReleaseStateDir& dir) const {
    if (bundle_ == nullptr) return {};
    for (const manifest::StateDir& asked : bundle_->manifest.state_dirs) {
      if (asked.path == dir.path) return asked.at;
    }
    return {};
  }

  void refuse(const ReleaseStateDir& dir, const std::string& why, std::string fix) {
    out_.findings.push_back(
        finding_of(rules::host_state_dir, wanted_.id,
                   fmt::format("state directory {} cannot be made or kept: {}", dir.path, why), place_of(dir),
                   std::move(fix)));
  }

  void unknown(const ReleaseStateDir& dir, const char* what, const std::string& name) {
    // That of run_as is told where run_as is.
    if (bundle_ != nullptr && name == wanted_.run_as) return;
    if (!told_.insert(name).second) return;
    const bool is_user = std::string_view(what) == "user";
    out_.findings.push_back(finding_of(
        rules::host_user_unknown, wanted_.id,
        fmt::format("{} {} does not exist on this host; {} is to be its own", what, quoted(name), dir.path),
        place_of(dir),
        fmt::format("create it first, e.g. {} {}",
                    is_user ? "useradd --system --no-create-home" : "groupadd --system", printable(name))));
  }

  std::optional<DirectoryRights> rights_for(const ReleaseStateDir& dir) {
    DirectoryRights rights{0, 0, dir.mode};
    if (dir.owner != "root") {
      const auto user = host_.users.find(dir.owner);
      if (user == host_.users.end() || !user->second) return unknown(dir, "user", dir.owner), std::nullopt;
      rights.uid = user->second->uid;
      rights.gid = user->second->gid;
    }
    if (dir.group == "root") rights.gid = 0;
    if (dir.group.empty() || dir.group == "root") return rights;
    const auto group = host_.groups.find(dir.group);
    if (group == host_.groups.end() || !group->second) return unknown(dir, "group", dir.group), std::nullopt;
    rights.gid = *group->second;
    return rights;
  }

  // What will stand at a place on the way once those above are made; nothing where nothing does.
  std::optional<host::FileState> above(const ReleaseStateDir& dir, const std::string& path) const {
    if (const auto made = made_.find(path); made != made_.end()) {
      host::FileState state;
      state.type = host::FileType::directory;
      state.uid = made->second.uid;
      state.gid = made->second.gid;
      state.mode = made->second.mode;
      return state;
    }
    const auto observed = host_.state_dirs.find(dir.path);
    if (observed == host_.state_dirs.end()) return std::nullopt;
    for (const auto& [at, state] : observed->second.above) {
      if (at == path) return state;
    }
    return std::nullopt;
  }

  bool is_way_fit(const ReleaseStateDir& dir, const DirectoryRights& rights) {
    parent_ = {};
    for (std::size_t end = dir.path.find('/', 1); end != std::string::npos;
         end = dir.path.find('/', end + 1)) {
      const std::string path = dir.path.substr(0, end);
      const auto state = above(dir, path);
      const std::string why = state ? unfit_above(path, *state, rights.uid) : "";
      if (!why.empty()) {
        refuse(dir, why, fmt::format("put {} right, or keep the data elsewhere", path));
        return false;
      }
      if (state) {
        parent_ = *state;
      } else if (parent_.uid != 0) {
        refuse(dir, fmt::format("{} does not exist, and what it would stand in is not root's", path),
               fmt::format("list {} in state_dirs, too", path));
        return false;
      }
    }
    return true;
  }

  void make(const ReleaseStateDir& dir, const DirectoryRights& rights) {
    MakeStateDir step{.addon = wanted_.id,
                      .path = {dir.path, place_of(dir), {}},
                      .owner = dir.owner,
                      .group = dir.group,
                      .before = std::nullopt,
                      .after = rights};
    const auto observed = host_.state_dirs.find(dir.path);
    if (observed != host_.state_dirs.end() && observed->second.state) {
      const host::FileState& state = *observed->second.state;
      if (const std::string why = no_directory(dir.path, state); !why.empty())
        return refuse(dir, why, "find out who put it there, and take it away");
      if (rights_of(state) == rights) return;
      // Whoever the parent belongs to can put somebody else's directory there, and would be given it.
      if (parent_.uid != 0 && state.uid != rights.uid) {
        return refuse(
            dir,
            fmt::format("it belongs to uid {}, and stands in a directory of the user who would get it",
                        state.uid),
            fmt::format("find out whose it is, then run chown {} {}", dir.owner, dir.path));
      }
      step.before = rights_of(state);
    }
    out_.actions.emplace_back(std::move(step));
  }

  const Release& wanted_;
  const bundle::Bundle* bundle_;
  const host::HostState& host_;
  StateDirSteps out_;
  std::map<std::string, DirectoryRights> made_;  ///< as they will be, by their paths
  host::FileState parent_;                       ///< the nearest that is there, or will be
  std::set<std::string> told_;
};

/// The add-on that keeps data in the directory, around or below it; null where none does.
const Release* user_of(const std::string& path, const std::map<AddonId, Release>& active) {
  for (const auto& [id, release] : active) {
    for (const ReleaseStateDir& dir : release.state_dirs) {
      if (overlap(path, dir.path)) return &release;
    }
  }
  return nullptr;
}

/// Why it must not be deleted by root; "" where it may, or is not there.
std::string unfit_to_purge(const std::string& path, const host::StateDirState& observed) {
  for (const auto& [at, state] : observed.above) {
    // Only root may have put it there, or it could be anything.
    if (std::string why = unfit_above(at, state, 0); !why.empty()) return why;
  }
  if (!observed.state) return "";
  if (std::string why = no_directory(path, *observed.state); !why.empty()) return why;
  if (observed.contents && !observed.contents->mount.empty())
    return fmt::format("{} is mounted in it", printable(observed.contents->mount));
  return "";
}

}  // namespace

std::string unfit_above(const std::string& path, const host::FileState& state, unsigned owner) {
  if (std::string why = no_directory(path, state); !why.empty()) return why;
  if (state.uid != 0 && state.uid != owner)
    return fmt::format("{} belongs to uid {}, neither to root nor to its owner", printable(path), state.uid);
  if (state.writable_by_others())
    return fmt::format("{} can be written by others (mode {:04o})", printable(path), state.mode);
  return "";
}

StateDirSteps make_state_dirs(const Release& wanted, const bundle::Bundle* bundle,
                              const host::HostState& host) {
  return Making(wanted, bundle, host).run();
}

namespace {

/// Whether it goes with a directory that it is in.
bool goes_with_another(const std::string& path, const std::map<AddonId, Release>& purged) {
  return std::any_of(purged.begin(), purged.end(), [&](const auto& one) {
    const std::vector<ReleaseStateDir>& dirs = one.second.state_dirs;
    return std::any_of(dirs.begin(), dirs.end(),
                       [&](const ReleaseStateDir& dir) { return is_below(path, dir.path); });
  });
}

/// Whether the directory is deleted with an add-on that comes before, by its id.
bool is_another_ones(const std::string& path, const AddonId& id, const std::map<AddonId, Release>& purged) {
  return std::any_of(purged.begin(), purged.find(id), [&](const auto& one) {
    const std::vector<ReleaseStateDir>& dirs = one.second.state_dirs;
    return std::any_of(dirs.begin(), dirs.end(),
                       [&](const ReleaseStateDir& dir) { return dir.path == path; });
  });
}

}  // namespace

StateDirSteps purge_state_dirs(const Release& gone, const std::map<AddonId, Release>& purged,
                               const std::map<AddonId, Release>& active, const host::HostState& host) {
  StateDirSteps out;
  for (const ReleaseStateDir& dir : gone.state_dirs) {
    const auto observed = host.state_dirs.find(dir.path);
    if (observed == host.state_dirs.end()) continue;
    if (goes_with_another(dir.path, purged) || is_another_ones(dir.path, gone.id, purged)) continue;
    if (const Release* user = user_of(dir.path, active)) {
      out.findings.push_back(finding_of(
          rules::state_dir_shared, gone.id,
          fmt::format("{} is not deleted: add-on {} keeps its data there, too", dir.path, user->id.str()), {},
          fmt::format("remove {} first, or remove without --purge", user->id.str())));
      continue;
    }
    if (const std::string why = unfit_to_purge(dir.path, observed->second); !why.empty()) {
      out.findings.push_back(finding_of(rules::host_state_dir, gone.id,
                                        fmt::format("state directory {} is not deleted: {}", dir.path, why),
                                        {}, "put that right, or remove without --purge"));
      continue;
    }
    if (!observed->second.state) continue;
    out.actions.emplace_back(
        PurgeStateDir{gone.id, dir.path, observed->second.contents.value_or(host::Contents{})});
  }
  return out;
}

std::vector<Finding> check_shared_state_dirs(const std::map<AddonId, Release>& active,
                                             const std::set<AddonId>& wanted) {
  std::vector<Finding> findings;
  std::map<std::string, std::pair<const Release*, const ReleaseStateDir*>> first;
  for (const auto& [id, release] : active) {
    for (const ReleaseStateDir& dir : release.state_dirs) {
      const auto [found, is_new] = first.emplace(dir.path, std::pair{&release, &dir});
      const Release& other = *found->second.first;
      if (is_new || *found->second.second == dir) continue;
      if (!wanted.contains(id) && !wanted.contains(other.id)) continue;
      findings.push_back(
          finding_of(rules::state_dir_shared, wanted.contains(id) ? id : other.id,
                     fmt::format("{} and {} keep data in {}, and want another owner, group or mode for it",
                                 other.id.str(), id.str(), dir.path),
                     {}, "let both ask for the same, or give each a directory of its own"));
    }
  }
  return findings;
}

std::vector<Asked> asked_state_dirs(const manifest::Manifest& manifest) {
  std::vector<Asked> asked;
  for (const manifest::StateDir& dir : manifest.state_dirs) asked.push_back({dir.path, dir.at, {}});
  return asked;
}

std::vector<Asked> asked_names(const manifest::Manifest& manifest, std::string manifest::StateDir::*name) {
  std::vector<Asked> asked;
  for (const manifest::StateDir& dir : manifest.state_dirs) {
    if (!(dir.*name).empty()) asked.push_back({dir.*name, dir.at, {}});
  }
  return asked;
}

}  // namespace addon::plan
