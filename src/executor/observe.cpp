#include "executor/observe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "core/text.hpp"
#include "executor/layout.hpp"
#include "executor/program_trust.hpp"
#include "executor/unit_files.hpp"
#include "unit/search.hpp"

namespace addon::executor {

namespace {

Result<std::optional<Digest>> digest_of(const host::Directory& directory, const RelativePath& path,
                                        const host::FileState& state, const host::KnownDigests& known) {
  const auto hit = known.find(state.identity);
  if (hit != known.end()) return hit->second;
  const auto file = TRY(directory.open_file(path));
  return TRY(host::hash_file(*file));
}

// Not root's, or open to others: what stands in it cannot be relied on.
void check_directory(const host::FileState& state, const std::string& path,
                     std::vector<std::string>& tampered) {
  if (state.type == host::FileType::symlink) {
    tampered.push_back(fmt::format("{} is a symbolic link", path));
  } else if (state.type != host::FileType::directory) {
    tampered.push_back(fmt::format("{} is not a directory", path));
  } else if (state.uid != 0) {
    tampered.push_back(fmt::format("{} belongs to user {}, not to root", path, state.uid));
  } else if ((state.mode & 0022U) != 0) {
    tampered.push_back(fmt::format("{} can be written by others (mode {:04o})", path, state.mode));
  }
}

class VersionObserver {
 public:
  VersionObserver(const host::Directory& directory, const std::string& shown, host::InstalledVersion& out,
                  std::vector<std::string>& tampered, const host::KnownDigests& known)
      : out_(out), tampered_(tampered), known_(known), top_(directory), shown_(shown) {}

  Result<> run() {
    TRY(walk(top_, ""));
    std::sort(out_.files.begin(), out_.files.end(),
              [](const host::InstalledFile& a, const host::InstalledFile& b) { return a.path < b.path; });
    return {};
  }

 private:
  Result<> walk(const host::Directory& directory, const std::string& prefix) {
    for (const host::DirectoryEntry& entry : TRY(directory.list())) {
      const std::string path = prefix.empty() ? entry.name : prefix + "/" + entry.name;
      const auto relative = RelativePath::parse(path);
      if (!relative || (entry.type != host::FileType::regular && entry.type != host::FileType::directory)) {
        out_.strangers.push_back(printable(path));
      } else if (entry.type == host::FileType::directory) {
        const auto child = TRY(directory.open_directory(RelativePath::of({entry.name})));
        check_directory(TRY(child->state()), fmt::format("{}/{}", shown_, path), tampered_);
        TRY(walk(*child, path));
      } else {
        TRY(add(directory, RelativePath::of({entry.name}), *relative));
      }
    }
    return {};
  }

  Result<> add(const host::Directory& directory, const RelativePath& name, const RelativePath& path) {
    const auto file = TRY(directory.open_file(name));
    const host::FileState state = TRY(file->state());
    host::InstalledFile found{.path = path, .state = state, .sha256 = {}, .capabilities = {}};
    found.capabilities = TRY(file->capabilities());
    const auto hit = known_.find(found.state.identity);
    found.sha256 = hit != known_.end() ? hit->second : TRY(host::hash_file(*file));
    out_.files.push_back(std::move(found));
    return {};
  }

  host::InstalledVersion& out_;
  std::vector<std::string>& tampered_;
  const host::KnownDigests& known_;
  const host::Directory& top_;
  const std::string& shown_;  ///< the path of the version's directory
};

class AddonObserver {
 public:
  AddonObserver(const AddonId& id, const std::vector<plan::Release>& releases,
                const host::KnownDigests& known, const host::Directory& root)
      : id_(id), releases_(releases), known_(known), root_(root) {}

  Result<host::AddonState> run() {
    for (const RelativePath& path :
         {RelativePath::of({"opt"}), addons_dir(), addon_dir(id_), versions_dir(id_)}) {
      const auto state = TRY(root_.stat(path));
      if (!state) return out_;
      check_directory(*state, "/" + path.str(), out_.tampered);
      if (!out_.tampered.empty()) return out_;
      if (path == addon_dir(id_)) TRY(current());
    }
    TRY(versions());
    return out_;
  }

 private:
  Result<> current() {
    const RelativePath path = addon_dir(id_) / "current";
    const auto state = TRY(root_.stat(path));
    if (!state) return {};
    if (state->type != host::FileType::symlink) {
      out_.tampered.push_back(fmt::format("/{} is not a symbolic link", path.str()));
      return {};
    }
    out_.current_target = TRY(root_.read_link(path));
    constexpr std::string_view kPrefix = "versions/";
    const bool below = out_.current_target->starts_with(kPrefix);
    auto version = Version::parse(below ? std::string_view(*out_.current_target).substr(kPrefix.size()) : "");
    if (version) {
      out_.current = std::move(*version);
    } else {
      out_.tampered.push_back(
          fmt::format("/{} points at {}, not at versions/VERSION", path.str(), quoted(*out_.current_target)));
    }
    return {};
  }

  Result<> versions() {
    const auto directory = TRY(root_.open_directory(versions_dir(id_)));
    std::set<Version> wanted;
    for (const plan::Release& release : releases_) wanted.insert(release.version);
    if (out_.current) wanted.insert(*out_.current);
    for (const host::DirectoryEntry& entry : TRY(directory->list())) {
      auto version = Version::parse(entry.name);
      // Whatever else is there, such as the staging directory of a killed run, is never used.
      if (!version) continue;
      out_.versions.push_back(*version);
      if (wanted.contains(*version)) TRY(inspect(*directory, *version));
    }
    std::sort(out_.versions.begin(), out_.versions.end());
    return {};
  }

  Result<> inspect(const host::Directory& versions, const Version& version) {
    const RelativePath name = RelativePath::of({version.str()});
    const auto state = TRY(versions.stat(name));
    if (!state) return {};
    const std::string shown = "/" + version_dir(id_, version).str();
    const std::size_t before = out_.tampered.size();
    check_directory(*state, shown, out_.tampered);
    if (out_.tampered.size() != before) return {};
    host::InstalledVersion found{.version = version, .files = {}, .strangers = {}};
    const auto directory = TRY(versions.open_directory(name));
    TRY(VersionObserver(*directory, shown, found, out_.tampered, known_).run());
    for (const std::string& stranger : found.strangers) {
      out_.tampered.push_back(
          fmt::format("{}/{} is neither a regular file nor a directory", shown, stranger));
    }
    out_.inspected.emplace(version, std::move(found));
    return {};
  }

  const AddonId& id_;
  const std::vector<plan::Release>& releases_;
  const host::KnownDigests& known_;
  const host::Directory& root_;
  host::AddonState out_;
};

/// What is asked of a unit.
struct UnitSubject {
  std::set<unit::InstallLink> links;
  bool is_packaged = false;  ///< a package brings it
  bool has_drop_in = false;  ///< a release has one: else nobody but the operator is in that directory
};

class UnitObserver {
 public:
  UnitObserver(const host::KnownDigests& known, const host::Directory& root)
      : known_(known), root_(root), files_(root) {}

  Result<> open() {
    units_ = TRY(root_.open_directory_if_present(units_dir()));
    index_.emplace(TRY(unit::UnitIndex::read(files_)));
    return {};
  }

  // Precondition: opened.
  Result<host::UnitState> observe(const UnitName& name, const UnitSubject& subject) {
    host::UnitState out;
    out.elsewhere = TRY(elsewhere(name));
    TRY(drop_ins(name, subject, out));
    if (units_ == nullptr) return out;
    const RelativePath path = RelativePath::of({name.str()});
    out.file = TRY(units_->stat(path));
    if (out.file && out.file->type == host::FileType::regular) {
      out.sha256 = TRY(digest_of(*units_, path, *out.file, known_));
    }
    for (const unit::InstallLink& link : subject.links) {
      const auto target = units_->read_link(TRY(RelativePath::parse(link.path)));
      if (target && leads_to(*target, name, subject)) out.links.insert(link.path);
    }
    if (subject.has_drop_in) out.drop_in = TRY(observe_drop_in(name));
    return out;
  }

 private:
  // In all the directories in which systemd looks but the one that ours go to. What is a link there counts
  // too.
  Result<std::vector<std::string>> elsewhere(const UnitName& name) {
    const std::string ours = TRY(files_.list("/" + units_dir().str())).path;
    std::vector<std::string> paths;
    for (const std::string_view directory : unit::search_path()) {
      const unit::UnitListing listing = TRY(files_.list(std::string(directory)));
      const bool has_it = std::any_of(listing.entries.begin(), listing.entries.end(),
                                      [&](const unit::UnitEntry& entry) { return entry.name == name.str(); });
      std::string path = fmt::format("{}/{}", listing.path, name.str());
      // /lib is /usr/lib.
      const bool is_known = std::find(paths.begin(), paths.end(), path) != paths.end();
      if (has_it && !is_known && listing.path != ours) paths.push_back(std::move(path));
    }
    return paths;
  }

  // All but the one that is addonctl's own, if a release has one: that is compared, and replaced.
  Result<> drop_ins(const UnitName& name, const UnitSubject& subject, host::UnitState& out) {
    const std::string own = fmt::format("/{}/{}", drop_in_dir(name).str(), plan::kDropInName);
    const std::vector<unit::FullName> aliases = index_->standing_for(name);
    for (const unit::FullName& alias : aliases) out.aliases.push_back(alias.str());
    for (const unit::DropIn& drop_in : TRY(unit::search_drop_ins(files_, name, aliases))) {
      if (subject.has_drop_in && drop_in.path == own) continue;
      auto text = TRY(files_.read(drop_in.path));
      out.drop_ins.push_back({drop_in.path, std::move(text).value_or(std::string())});
    }
    return {};
  }

  Result<std::optional<host::FoundFile>> observe_drop_in(const UnitName& name) const {
    const auto directory = TRY(root_.open_directory_if_present(drop_in_dir(name)));
    const RelativePath path = RelativePath::of({std::string(plan::kDropInName)});
    const auto state = directory == nullptr ? std::nullopt : TRY(directory->stat(path));
    if (!state) return std::nullopt;
    host::FoundFile found{*state, std::nullopt};
    if (state->type == host::FileType::regular) {
      found.sha256 = TRY(digest_of(*directory, path, *state, known_));
    }
    return found;
  }

  // systemctl writes absolute targets, `systemctl --root` and packages also relative ones.
  static bool leads_to(const std::string& target, const UnitName& name, const UnitSubject& subject) {
    if (subject.is_packaged) {
      for (const std::string_view directory : {"/lib/systemd/system/", "/usr/lib/systemd/system/"}) {
        if (target == fmt::format("{}{}", directory, name.str())) return true;
      }
    }
    return target == "/etc/systemd/system/" + name.str() || target == "../" + name.str();
  }

  const host::KnownDigests& known_;
  const host::Directory& root_;
  UnitFiles files_;
  std::optional<unit::UnitIndex> index_;
  std::unique_ptr<host::Directory> units_;
};

// A program with capabilities is its group's only, so an ordinary user cannot even look at them.
Error needs_root(Error error) {
  if (error.errno_value() != EACCES) return error;
  return Error(error.message() + "; only root may look there, run it with sudo", ErrorKind::unauthorised);
}

std::map<UnitName, UnitSubject> units_of(const Subjects& subjects) {
  std::map<UnitName, UnitSubject> units;
  for (const auto& [id, releases] : subjects.addons) {
    for (const plan::Release& release : releases) {
      for (const plan::ReleaseUnit& unit : release.units) {
        units[unit.name].links.insert(unit.links.begin(), unit.links.end());
        if (!unit.path.empty()) units[unit.name].is_packaged = true;
      }
      if (release.drop_in) units[release.drop_in->unit].has_drop_in = true;
    }
  }
  return units;
}

Result<std::optional<host::FoundFile>> observe_registry(const host::Directory& root,
                                                        const host::KnownDigests& known) {
  const RelativePath path = state_dir() / std::string(kRegistry);
  const auto state = TRY(root.stat(path));
  if (!state) return std::nullopt;
  host::FoundFile found{*state, std::nullopt};
  if (state->type == host::FileType::regular) found.sha256 = TRY(digest_of(root, path, *state, known));
  return found;
}

Result<> observe_status(host::HostState& host, host::UnitManager& manager) {
  if (host.units.empty()) return {};
  std::vector<UnitName> names;
  for (const auto& [name, state] : host.units) names.push_back(name);
  for (host::UnitStatus& status : TRY(manager.states(names))) {
    const UnitName name = status.name;
    host::UnitState& unit = host.units.at(name);
    // Why a unit that we know is not running is worth a second question; of the others it is not.
    const bool settled = status.is_active() || (!unit.file && unit.elsewhere.empty());
    unit.status.emplace(settled ? std::move(status) : TRY(manager.inspect(name)));
  }
  return {};
}

// What drop-ins run besides is known only now.
std::set<std::string> programs_of_drop_ins(const host::HostState& host) {
  std::set<std::string> programs;
  for (const auto& [name, state] : host.units) {
    for (const host::UnitDropIn& drop_in : state.drop_ins) {
      const unit::UnitFile file = unit::parse_unit(drop_in.text, drop_in.path).unit;
      for (const unit::ExecCommand& command : unit::analyze(file, name).privileges.exec)
        programs.insert(command.program);
    }
  }
  return programs;
}

Result<> observe_programs(const std::set<std::string>& asked, host::HostState& host,
                          const host::Directory& root) {
  std::set<std::string> programs = programs_of_drop_ins(host);
  programs.insert(asked.begin(), asked.end());
  for (const std::string& program : programs) {
    // Others are no place, and no policy line allows them.
    if (!program.starts_with('/') || program.find('%') != std::string::npos) continue;
    host.programs.emplace(program, TRY_CONTEXT(fmt::format("cannot look at {}", printable(program)),
                                               inspect_program(root, program).map_error(needs_root)));
  }
  return {};
}

Result<> observe_state_dirs(const plan::Release& release, Count count, host::HostState& host, Ports& ports) {
  for (const plan::ReleaseStateDir& dir : release.state_dirs) {
    if (!host.state_dirs.contains(dir.path)) {
      host.state_dirs.emplace(
          dir.path, TRY_CONTEXT(fmt::format("cannot look at {}", dir.path),
                                observe_state_dir(ports.root, dir.path, count).map_error(needs_root)));
    }
    if (dir.owner != "root" && !host.users.contains(dir.owner))
      host.users.emplace(dir.owner, TRY(ports.accounts.find(dir.owner)));
    if (dir.group.empty() || dir.group == "root" || host.groups.contains(dir.group)) continue;
    host.groups.emplace(dir.group, TRY(ports.accounts.find_group(dir.group)));
  }
  return {};
}

}  // namespace

Result<host::HostState> observe(const Subjects& subjects, const host::KnownDigests& known, Ports& ports) {
  host::HostState host;
  host.live = ports.units.is_live();
  host.platform = ports.platform;
  std::set<std::string> users = subjects.users;
  for (const auto& [id, releases] : subjects.addons) {
    host.addons.emplace(
        id, TRY_CONTEXT(fmt::format("cannot look at add-on {}", id.str()),
                        AddonObserver(id, releases, known, ports.root).run().map_error(needs_root)));
    for (const plan::Release& release : releases) users.insert({release.run_as, release.health_user});
  }
  UnitObserver units(known, ports.root);
  TRY(units.open());
  for (const auto& [name, subject] : units_of(subjects)) {
    host.units.emplace(
        name, TRY_CONTEXT(fmt::format("cannot look at unit {}", name.str()), units.observe(name, subject)));
  }
  TRY(observe_programs(subjects.programs, host, ports.root));
  if (host.runs_systemd()) TRY(observe_status(host, ports.units));
  host.registry =
      TRY_CONTEXT("cannot look at the registry", observe_registry(ports.root, known).map_error(needs_root));
  users.erase("");
  for (const std::string& user : users) host.users.emplace(user, TRY(ports.accounts.find(user)));
  for (const auto& [id, releases] : subjects.addons) {
    for (const plan::Release& release : releases)
      TRY(observe_state_dirs(release, subjects.data, host, ports));
  }
  for (const plan::Release& release : subjects.gone)
    TRY(observe_state_dirs(release, subjects.data, host, ports));
  return host;
}

}  // namespace addon::executor
