#include "plan/generation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "plan/caller_json.hpp"
#include "plan/json_fields.hpp"

namespace addon::plan {

namespace {

constexpr const char* kSchema = "addonctl.generation/v1";

// One line a file: they are many, and nobody reads them but this program.
Json known_to_json(const host::KnownDigests& known) {
  std::vector<std::pair<host::FileIdentity, Digest>> sorted(known.begin(), known.end());
  std::sort(sorted.begin(), sorted.end());
  Json json = Json::array();
  for (const auto& [identity, digest] : sorted) {
    json.push_back(
        {identity.device, identity.inode, identity.size, identity.mtime_ns, identity.ctime_ns, digest.hex()});
  }
  return json;
}

Result<host::KnownDigests> known_from_json(const Json& json) {
  host::KnownDigests known;
  known.reserve(json.size());
  for (const Json& entry : json) {
    const bool well_formed = entry.is_array() && entry.size() == 6 && entry[5].is_string() &&
                             std::all_of(entry.begin(), entry.begin() + 5,
                                         [](const Json& number) { return number.is_number_integer(); });
    if (!well_formed) return tl::unexpected(Error("\"known\" has an entry that is no file identity"));
    const host::FileIdentity identity{.device = entry[0].get<std::uint64_t>(),
                                      .inode = entry[1].get<std::uint64_t>(),
                                      .size = entry[2].get<std::uint64_t>(),
                                      .mtime_ns = entry[3].get<std::int64_t>(),
                                      .ctime_ns = entry[4].get<std::int64_t>()};
    known.emplace(identity, TRY(Digest::parse(entry[5].get<std::string>())));
  }
  return known;
}

Json drop_ins_to_json(const std::map<UnitName, HostDropIns>& drop_ins) {
  Json json = Json::object();
  for (const auto& [unit, files] : drop_ins) {
    Json& of_unit = json[unit.str()] = Json::object();
    for (const auto& [path, digest] : files) of_unit[path] = digest.str();
  }
  return json;
}

Result<HostDropIns> host_drop_ins_from_json(const Json& json) {
  HostDropIns files;
  for (const auto& [path, digest] : json.items()) {
    if (!digest.is_string())
      return tl::unexpected(Error(fmt::format("\"drop_ins\" has no digest for {}", quoted(path))));
    files.emplace(path, TRY(Digest::parse(digest.get<std::string>())));
  }
  return files;
}

Result<std::map<UnitName, HostDropIns>> drop_ins_from_json(const Json& json) {
  std::map<UnitName, HostDropIns> drop_ins;
  const auto found = json.find("drop_ins");
  if (found == json.end()) return drop_ins;
  for (const auto& [unit, files] : found->items()) {
    drop_ins.emplace(TRY(UnitName::parse(unit)), TRY(host_drop_ins_from_json(files)));
  }
  return drop_ins;
}

Json committed_to_json(const std::map<AddonId, std::map<Version, Digest>>& committed) {
  Json json = Json::object();
  for (const auto& [id, versions] : committed) {
    Json& of_addon = json[id.str()] = Json::object();
    for (const auto& [version, digest] : versions) of_addon[version.str()] = digest.hex();
  }
  return json;
}

Result<std::map<Version, Digest>> versions_from_json(const Json& json) {
  std::map<Version, Digest> versions;
  for (const auto& [version, digest] : json.items()) {
    if (!digest.is_string()) {
      return tl::unexpected(Error(fmt::format("\"committed\" has no digest for {}", quoted(version))));
    }
    versions.emplace(TRY(Version::parse(version)), TRY(Digest::parse(digest.get<std::string>())));
  }
  return versions;
}

Result<> read_committed(const Json& json, Generation& generation) {
  const auto found = json.find("committed");
  if (found == json.end()) return {};
  for (const auto& [id, versions] : found->items()) {
    generation.committed.emplace(TRY(AddonId::parse(id)), TRY(versions_from_json(versions)));
  }
  return {};
}

}  // namespace

void remember_committed(Generation& generation) {
  for (const auto& [id, release] : generation.addons) {
    generation.committed[id].insert_or_assign(release.version, content_digest(release));
  }
}

std::optional<Version> newest_committed(const Generation& generation, const AddonId& id) {
  const auto found = generation.committed.find(id);
  if (found == generation.committed.end() || found->second.empty()) return std::nullopt;
  return std::max_element(found->second.begin(), found->second.end(),
                          [](const auto& a, const auto& b) { return a.first.precedence(b.first) < 0; })
      ->first;
}

Json to_json(const Generation& generation) {
  Json addons = Json::array();
  for (const auto& [id, release] : generation.addons) addons.push_back(to_json(release));
  return {{"schema", kSchema},
          {"caller", generation.caller ? to_json(*generation.caller) : Json(nullptr)},
          {"generation", generation.number},
          {"time", generation.time},
          {"verb", generation.verb},
          {"plan", generation.plan_digest},
          {"summary", generation.summary},
          {"addons", std::move(addons)},
          {"drop_ins", drop_ins_to_json(generation.drop_ins)},
          {"committed", committed_to_json(generation.committed)},
          {"known", known_to_json(generation.known)}};
}

Result<Generation> generation_from_json(const Json& json) {
  const std::string schema = TRY(text_field(json, "schema"));
  if (schema != kSchema) {
    return tl::unexpected(
        Error(fmt::format("\"schema\" is {}, this program reads \"{}\"", quoted(schema), kSchema)));
  }
  Generation generation;
  generation.number = TRY(number_field(json, "generation"));
  generation.time = TRY(text_field(json, "time"));
  generation.verb = TRY(text_field(json, "verb"));
  generation.plan_digest = TRY(text_field(json, "plan"));
  generation.summary = TRY(text_field(json, "summary"));
  if (const auto caller = json.find("caller"); caller != json.end()) {
    generation.caller = caller_from_json(*caller);
  }
  generation.drop_ins = TRY(drop_ins_from_json(json));
  generation.known = TRY(known_from_json(*TRY(array_field(json, "known"))));
  for (const Json& addon : *TRY(array_field(json, "addons"))) {
    Release release = TRY(release_from_json(addon));
    AddonId id = release.id;
    if (!generation.addons.emplace(id, std::move(release)).second) {
      return tl::unexpected(Error(fmt::format("\"addons\" has {} twice", id.str())));
    }
  }
  TRY(read_committed(json, generation));
  // Records of earlier versions do not say, and this much is known all the same.
  remember_committed(generation);
  return generation;
}

}  // namespace addon::plan
