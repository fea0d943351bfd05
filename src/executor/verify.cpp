#include "executor/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "executor/audit.hpp"
#include "executor/generations.hpp"
#include "executor/journal.hpp"
#include "executor/layout.hpp"
#include "executor/observe.hpp"
#include "plan/intact.hpp"

namespace addon::executor {

namespace {

std::string on_host(const RelativePath& path) { return "/" + path.str(); }

using Releases = std::map<std::pair<AddonId, Version>, plan::Release>;

// Why an installed version is not what a rollback to it needs; "" where it is.
std::string fault_of(const host::InstalledVersion* found, const plan::Release& release,
                     const host::HostState& host) {
  if (found == nullptr) return "is missing";
  if (!plan::has_same_bytes(*found, release)) return "has other files than when it was installed";
  if (!plan::is_intact(*found, release, host))
    return "has files of another owner or mode than when it was installed";
  for (const host::InstalledFile& file : found->files) {
    if (!file.capabilities.empty())
      return fmt::format("is not active, but {} has {}", file.path.str(), host::to_string(file.capabilities));
  }
  return "";
}

class Verifying {
 public:
  explicit Verifying(Ports& ports) : ports_(ports) {}

  Result<Verification> run() {
    Request request;
    request.verb = Request::Verb::repair;
    request.rehash = true;
    found_.repair = TRY(prepare(request, policy::SitePolicy::nothing(), ports_));
    found_.versions = found_.repair.generation.addons.size();
    const Generations generations = TRY(read_generations(ports_.root));
    TRY(records(generations));
    TRY(earlier_versions(generations));
    TRY(journal());
    TRY(audit());
    return std::move(found_);
  }

 private:
  void add(std::string kind, std::string path, std::string message, std::string fix) {
    found_.problems.push_back({std::move(kind), std::move(path), std::move(message), std::move(fix)});
  }

  Result<> records(const Generations& generations) {
    const std::string directory = on_host(generations_dir());
    found_.generations = generations.all.size();
    for (const std::string& sentence : generations.unreadable) {
      add("generation", directory, sentence, "addonctl recover puts it aside where it is the last");
    }
    for (const std::string& name : TRY(put_aside(ports_.root))) {
      add("generation", fmt::format("{}/{}", directory, name), "a damaged record was put aside",
          "remove it once it was looked at");
    }
    if (!generations.unreadable.empty()) return {};
    for (std::size_t i = 1; i < generations.all.size(); ++i) {
      const std::uint64_t before = generations.all[i - 1].number;
      const std::uint64_t number = generations.all[i].number;
      if (number == before + 1) continue;
      add("generation", directory, fmt::format("generations {} to {} are missing", before + 1, number - 1),
          "rollback cannot go back to them");
    }
    return {};
  }

  // Those of the last generation were looked at with it.
  Result<> earlier_versions(const Generations& generations) {
    const std::map<AddonId, plan::Release>& active = found_.repair.generation.addons;
    Releases releases;
    for (const plan::Generation& generation : generations.all) {
      for (const auto& [id, release] : generation.addons) {
        // There is no directory of it.
        if (!release.is_staged()) continue;
        const auto now = active.find(id);
        if (now != active.end() && now->second.version == release.version) continue;
        if (release.is_staged()) releases.insert_or_assign({id, release.version}, release);
      }
    }
    found_.versions += releases.size();
    Subjects subjects;
    for (const auto& [key, release] : releases) subjects.addons[key.first].push_back(release);
    const host::HostState host = TRY(observe(subjects, {}, ports_));
    for (const auto& [key, release] : releases) {
      const auto addon = host.addons.find(key.first);
      const host::InstalledVersion* version = nullptr;
      if (addon != host.addons.end()) {
        const auto inspected = addon->second.inspected.find(key.second);
        if (inspected != addon->second.inspected.end()) version = &inspected->second;
      }
      const std::string fault = fault_of(version, release, host);
      if (fault.empty()) continue;
      const std::string path = on_host(version_dir(key.first, key.second));
      add("version", path, fmt::format("{} {}", path, fault),
          fmt::format("apply the bundle of {} {} instead of going back to it", key.first.str(),
                      key.second.str()));
    }
    return {};
  }

  Result<> journal() {
    const std::string directory = on_host(journal_dir());
    const JournalState state = TRY(read_journal(ports_.root));
    if (state.open) {
      add("journal", directory,
          fmt::format("{} of {} is under way or was cut off", state.open->intent.verb,
                      state.open->intent.time),
          "addonctl recover finishes or undoes one that was cut off");
    }
    for (const std::string& name : state.corrupt) {
      add("journal", fmt::format("{}/{}", directory, name), "the journal is damaged",
          "addonctl recover puts it aside");
    }
    const auto opened = TRY(ports_.root.open_directory_if_present(journal_dir()));
    if (opened == nullptr) return {};
    for (const host::DirectoryEntry& entry : TRY(opened->list())) {
      if (!entry.name.ends_with(kCorruptJournal)) continue;
      add("journal", fmt::format("{}/{}", directory, entry.name), "a damaged journal was put aside",
          "remove it once it was looked at");
    }
    return {};
  }

  Result<> audit() {
    const AuditState state = TRY_CONTEXT("cannot check the audit log", check_audit(ports_.root));
    const std::string path = fmt::format("{}/{}", on_host(state_dir()), kAuditLog);
    found_.audit_lines = state.lines;
    for (const std::string& sentence : state.problems) {
      add("audit", path, sentence, "somebody changed it, or the disk did: keep a copy, and find out");
    }
    const std::uint64_t last = found_.repair.generation.number;
    if (state.last_generation <= last) return {};
    add("generation", on_host(generations_dir()),
        fmt::format(
            "the audit log says that generation {} was committed, and {} is the last that is recorded",
            state.last_generation, last),
        "addonctl diff shows what is not as recorded");
    return {};
  }

  Ports& ports_;
  Verification found_;
};

}  // namespace

Result<Verification> verify(Ports& ports) { return Verifying(ports).run(); }

}  // namespace addon::executor
