#include "cli/complete_host.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "cli/session.hpp"
#include "core/addon_id.hpp"
#include "core/text.hpp"
#include "executor/generations.hpp"
#include "executor/layout.hpp"
#include "linux/directory.hpp"

namespace addon::cli {

namespace {
std::unique_ptr<host::Directory> open_host_root(const std::string& root) {
  GlobalOptions options;
  options.root = root;
  auto opened = linux::open_root(root_path(options));
  return opened ? std::move(*opened) : nullptr;
}

// "packet-probe 1.0.0, disk-scan 2.1.0"
std::string versions_of(const plan::Generation& generation) {
  std::vector<std::string> versions;
  versions.reserve(generation.addons.size());
  for (const auto& [id, release] : generation.addons)
    versions.push_back(id.str() + " " + release.version.str());
  return versions.empty() ? "no add-on" : join(versions, ", ");
}

plan::Generation last_generation(const host::Directory& root) {
  auto last = executor::read_last_generation(root);
  return last ? std::move(last->generation) : plan::Generation{};
}

std::vector<Candidate> active_of(const plan::Generation& generation) {
  std::vector<Candidate> ids;
  for (const auto& [id, release] : generation.addons) ids.push_back({id.str(), release.version.str()});
  return ids;
}
}  // namespace

std::vector<Candidate> active_ids(const std::string& root) {
  const auto host = open_host_root(root);
  return host ? active_of(last_generation(*host)) : std::vector<Candidate>{};
}

std::vector<Candidate> known_ids(const std::string& root) {
  const auto host = open_host_root(root);
  if (!host) return {};
  std::vector<Candidate> ids = active_of(last_generation(*host));
  const auto addons = host->open_directory_if_present(executor::addons_dir());
  if (!addons || *addons == nullptr) return ids;
  const auto entries = (*addons)->list();
  if (!entries) return ids;
  for (const host::DirectoryEntry& entry : *entries) {
    const bool is_listed =
        std::any_of(ids.begin(), ids.end(), [&](const Candidate& known) { return known.word == entry.name; });
    if (entry.type != host::FileType::directory || is_listed || !AddonId::parse(entry.name)) continue;
    ids.push_back({entry.name, "not active"});
  }
  return ids;
}

std::vector<Candidate> active_units(const std::string& root) {
  std::vector<Candidate> units;
  const auto host = open_host_root(root);
  if (!host) return units;
  const plan::Generation last = last_generation(*host);
  for (const auto& [id, release] : last.addons) {
    for (const plan::ReleaseUnit& unit : release.units) units.push_back({unit.name.str(), id.str()});
  }
  return units;
}

std::vector<Candidate> earlier_generations(const std::string& root) {
  std::vector<Candidate> generations;
  const auto host = open_host_root(root);
  if (!host) return generations;
  const auto recorded = executor::read_generations(*host);
  if (!recorded || recorded->all.empty()) return generations;
  for (auto one = std::next(recorded->all.rbegin()); one != recorded->all.rend(); ++one)
    generations.push_back({std::to_string(one->number), versions_of(*one)});
  generations.push_back({"0", versions_of({})});
  return generations;
}

}  // namespace addon::cli
