#include "plan/release.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "plan/json_fields.hpp"
#include "plan/signer_json.hpp"

namespace addon::plan {

const ReleaseUnit* Release::find_unit(const UnitName& name) const {
  const auto found =
      std::find_if(units.begin(), units.end(), [&](const ReleaseUnit& unit) { return unit.name == name; });
  return found == units.end() ? nullptr : &*found;
}

bool Release::same_files(const Release& other) const {
  // Where nothing is staged, the manifest is all that there is.
  return is_staged() == other.is_staged() && files == other.files && run_as == other.run_as &&
         (is_staged() || manifest_sha256 == other.manifest_sha256);
}

namespace {

std::vector<ReleaseStateDir> make_state_dirs(const manifest::Manifest& manifest) {
  std::vector<ReleaseStateDir> dirs;
  for (const manifest::StateDir& dir : manifest.state_dirs) {
    if (dir.is_volatile()) continue;
    std::string owner = dir.owner.empty() ? manifest.run_as.value : dir.owner;
    if (owner.empty()) owner = "root";
    dirs.push_back({dir.path, std::move(owner), dir.group, dir.mode.value_or(0750)});
  }
  // A directory comes before those in it.
  std::sort(dirs.begin(), dirs.end(),
            [](const ReleaseStateDir& a, const ReleaseStateDir& b) { return a.path < b.path; });
  return dirs;
}

/// The service that runs once the add-on is started: the primary, or what its timer starts.
const bundle::BundleUnit* main_service(const bundle::Bundle& bundle) {
  const auto find = [&](const std::string& name) -> const bundle::BundleUnit* {
    const auto found = std::find_if(bundle.units.begin(), bundle.units.end(),
                                    [&](const bundle::BundleUnit& unit) { return unit.name.str() == name; });
    return found == bundle.units.end() ? nullptr : &*found;
  };
  const bundle::BundleUnit* primary = bundle.primary ? find(bundle.primary->str()) : nullptr;
  if (primary == nullptr || !primary->name.is_timer()) return primary;
  return find(primary->install.activates.value);
}

// Root's rights are what a check is not to have; a dynamic user is there only while its unit runs.
std::string health_user(const bundle::Bundle& bundle) {
  constexpr const char* nobody = "nobody";
  if (bundle.manifest.health.exec.empty()) return "";
  std::string user = bundle.manifest.run_as.value;
  if (const bundle::BundleUnit* service = main_service(bundle)) {
    if (service->privileges.dynamic_user.value) return nobody;
    user = service->privileges.user.value;
  }
  const bool is_name = !user.empty() && user.find_first_not_of("0123456789") != std::string::npos &&
                       user.find('%') == std::string::npos;
  return is_name && user != "root" ? user : nobody;
}

}  // namespace

bool Release::same_content(const Release& other) const {
  const auto same_bytes = [](const ReleaseFile& a, const ReleaseFile& b) {
    return a.path == b.path && a.sha256 == b.sha256 && a.size == b.size;
  };
  // Where nothing is staged, the manifest is all that there is.
  return is_staged() == other.is_staged() && (is_staged() || manifest_sha256 == other.manifest_sha256) &&
         std::equal(files.begin(), files.end(), other.files.begin(), other.files.end(), same_bytes);
}

namespace {

void add_package(const bundle::Bundle& bundle, Release& release) {
  if (!release.is_staged()) release.manifest_text = bundle.manifest_text;
  if (!bundle.package || !bundle.package->is_installed()) return;
  release.package = ReleasePackage{bundle.package->database, bundle.package->name, bundle.package->version};
  if (bundle.package->program) release.program = bundle.package->program->path;
}

ReleaseUnit release_unit(const bundle::BundleUnit& unit) {
  ReleaseUnit made{unit.name, unit.sha256, unit::install_links(unit.install, unit.name), unit.packaged_at};
  if (unit.packaged_at.empty()) return made;
  for (unit::InstallLink& link : made.links) link.target = unit.packaged_at;
  return made;
}

}  // namespace

Release make_release(const bundle::Bundle& bundle) {
  const manifest::Manifest& manifest = bundle.manifest;
  Release release{.id = manifest.id.value,
                  .version = manifest.version.value,
                  .delivery = manifest.delivery.value,
                  .supervision = manifest.supervision.value,
                  .run_as = manifest.run_as.value,
                  .binary = manifest.binary.value,
                  .capabilities = manifest.capability_set(),
                  .files = {},
                  .units = {},
                  .primary = bundle.primary,
                  .health = manifest.health,
                  .manifest_sha256 = bundle.manifest_sha256,
                  .drop_in = make_drop_in(bundle),
                  .state_dirs = make_state_dirs(manifest),
                  .health_user = health_user(bundle),
                  .signer = bundle.signer,
                  .listing = make_listing(manifest),
                  .requirements = {}};
  for (const manifest::RequiredAddon& required : manifest.required_addons)
    release.requirements.push_back({required.id, required.version});
  for (const bundle::BundleFile& file : bundle.files) {
    const bool grants =
        file.path == release.binary && !release.capabilities.empty() && !release.run_as.empty();
    release.files.push_back({file.path, file.sha256, file.size, file.mode, grants});
  }
  for (const bundle::BundleUnit& unit : bundle.units) release.units.push_back(release_unit(unit));
  add_package(bundle, release);
  return release;
}

Digest content_digest(const Release& release) {
  Json files = Json::object();
  for (const ReleaseFile& file : release.files) files[file.path.str()] = file.sha256.hex();
  return addon::digest_of(Json{{"manifest", release.manifest_sha256.hex()}, {"files", std::move(files)}});
}

bool is_content_of(const bundle::Bundle& bundle, const Release& release) {
  return bundle.manifest.version.value == release.version &&
         content_digest(make_release(bundle)) == content_digest(release);
}

namespace {

Json file_to_json(const ReleaseFile& file) {
  Json json{{"path", file.path.str()},
            {"sha256", file.sha256.hex()},
            {"size", file.size},
            {"mode", fmt::format("{:04o}", file.mode)}};
  if (file.run_as_group) json["run_as_group"] = true;
  return json;
}

Json unit_to_json(const ReleaseUnit& unit) {
  Json links = Json::array();
  for (const unit::InstallLink& link : unit.links)
    links.push_back({{"path", link.path}, {"target", link.target}});
  Json json{{"name", unit.name.str()}, {"sha256", unit.sha256.hex()}, {"links", std::move(links)}};
  if (!unit.path.empty()) json["path"] = unit.path;
  return json;
}

Json state_dir_to_json(const ReleaseStateDir& dir) {
  return {{"path", dir.path},
          {"owner", dir.owner},
          {"group", dir.group},
          {"mode", fmt::format("{:04o}", dir.mode)}};
}

Result<unsigned> mode_field(const Json& json) {
  const std::string mode = TRY(text_field(json, "mode"));
  if (mode.size() != 4 || mode.find_first_not_of("01234567") != std::string::npos) {
    return tl::unexpected(Error(fmt::format("\"mode\" is {}, not four octal digits", quoted(mode))));
  }
  return static_cast<unsigned>(std::stoul(mode, nullptr, 8));
}

// Each value stands in a variable of its own before it goes into a struct: a TRY that returns from
// within an initialiser would leave what was initialised so far undestroyed (GCC 12).
Result<ReleaseFile> file_from_json(const Json& json) {
  const unsigned mode = TRY(mode_field(json));
  RelativePath path = TRY(RelativePath::parse(TRY(text_field(json, "path"))));
  const Digest sha256 = TRY(Digest::parse(TRY(text_field(json, "sha256"))));
  const std::uint64_t size = TRY(number_field(json, "size"));
  const bool run_as_group = TRY(flag_field(json, "run_as_group"));
  return ReleaseFile{
      .path = std::move(path), .sha256 = sha256, .size = size, .mode = mode, .run_as_group = run_as_group};
}

Result<ReleaseUnit> unit_from_json(const Json& json) {
  UnitName name = TRY(UnitName::parse(TRY(text_field(json, "name"))));
  const Digest sha256 = TRY(Digest::parse(TRY(text_field(json, "sha256"))));
  ReleaseUnit unit{.name = std::move(name), .sha256 = sha256, .links = {}};
  if (json.contains("path")) unit.path = TRY(text_field(json, "path"));
  for (const Json& link : *TRY(array_field(json, "links"))) {
    const RelativePath path = TRY(RelativePath::parse(TRY(text_field(link, "path"))));
    if (path.segments().size() != 2) {
      return tl::unexpected(Error(fmt::format("\"path\" is {}, no enablement link", quoted(path.str()))));
    }
    std::string target = TRY(text_field(link, "target"));
    unit.links.push_back({path.str(), std::move(target)});
  }
  return unit;
}

Result<ReleaseStateDir> state_dir_from_json(const Json& json) {
  ReleaseStateDir dir;
  dir.path = TRY(text_field(json, "path"));
  if (!manifest::is_state_path(dir.path)) {
    return tl::unexpected(
        Error(fmt::format("\"path\" is {}, no place for a state directory", quoted(dir.path))));
  }
  dir.owner = TRY(text_field(json, "owner"));
  dir.group = TRY(text_field(json, "group"));
  dir.mode = TRY(mode_field(json));
  return dir;
}

Result<ReleasePackage> package_from_json(const Json& json) {
  ReleasePackage package;
  package.database = TRY(text_field(json, "database"));
  package.name = TRY(text_field(json, "name"));
  package.version = TRY(text_field(json, "version"));
  return package;
}

Result<CapabilitySet> capabilities_from_json(const Json& names) {
  CapabilitySet set;
  for (const Json& name : names) {
    const auto capability = name.is_string() ? Capability::from_name(name.get<std::string>()) : std::nullopt;
    if (!capability) return tl::unexpected(Error("\"capabilities\" has an entry that is no capability"));
    set.insert(*capability);
  }
  return set;
}

Result<manifest::Health> health_from_json(const Json& json) {
  manifest::Health health;
  health.timeout = TRY(duration_field(json, "timeout_ms"));
  health.stable_for = TRY(duration_field(json, "stable_for_ms"));
  if (!json.contains("exec")) return health;
  for (const Json& word : *TRY(array_field(json, "exec"))) {
    if (!word.is_string()) return tl::unexpected(Error("\"exec\" has an entry that is no text"));
    health.exec.push_back(word.get<std::string>());
  }
  return health;
}

}  // namespace

Json to_json(const Release& release) {
  Json files = Json::array();
  for (const ReleaseFile& file : release.files) files.push_back(file_to_json(file));
  Json units = Json::array();
  for (const ReleaseUnit& unit : release.units) units.push_back(unit_to_json(unit));
  Json json{{"id", release.id.str()},
            {"version", release.version.str()},
            {"delivery", manifest::to_string(release.delivery)},
            {"supervision", manifest::to_string(release.supervision)},
            {"run_as", release.run_as},
            {"binary", release.binary.str()},
            {"capabilities", release.capabilities.names()},
            {"files", std::move(files)},
            {"units", std::move(units)},
            {"health",
             {{"timeout_ms", release.health.timeout.count()},
              {"stable_for_ms", release.health.stable_for.count()}}},
            {"manifest", release.manifest_sha256.hex()}};
  if (release.primary) json["primary"] = release.primary->str();
  if (release.drop_in) json["drop_in"] = to_json(*release.drop_in);
  if (!release.health.exec.empty()) {
    json["health"]["exec"] = release.health.exec;
    json["health"]["user"] = release.health_user;
  }
  if (!release.state_dirs.empty()) {
    Json& dirs = json["state_dirs"] = Json::array();
    for (const ReleaseStateDir& dir : release.state_dirs) dirs.push_back(state_dir_to_json(dir));
  }
  if (release.package) {
    json["package"] = {{"database", release.package->database},
                       {"name", release.package->name},
                       {"version", release.package->version}};
  }
  if (!release.program.empty()) json["program"] = release.program;
  if (release.signer) json["signer"] = to_json(*release.signer);
  json["listing"] = to_json(release.listing);
  if (!release.requirements.empty()) json["requires"] = to_json(release.requirements);
  if (!release.manifest_text.empty()) json["manifest_text"] = release.manifest_text;
  return json;
}

Result<Release> release_from_json(const Json& json) {
  const auto delivery = manifest::delivery_from(TRY(text_field(json, "delivery")));
  const auto supervision = manifest::supervision_from(TRY(text_field(json, "supervision")));
  if (!delivery) return tl::unexpected(Error("\"delivery\" is no delivery model"));
  if (!supervision) return tl::unexpected(Error("\"supervision\" is no supervision model"));
  AddonId id = TRY(AddonId::parse(TRY(text_field(json, "id"))));
  Version version = TRY(Version::parse(TRY(text_field(json, "version"))));
  std::string run_as = TRY(text_field(json, "run_as"));
  RelativePath binary = TRY(RelativePath::parse(TRY(text_field(json, "binary"))));
  const CapabilitySet capabilities = TRY(capabilities_from_json(*TRY(array_field(json, "capabilities"))));
  manifest::Health health = TRY(health_from_json(*TRY(object_field(json, "health"))));
  const Digest manifest_sha256 = TRY(Digest::parse(TRY(text_field(json, "manifest"))));
  Release release{.id = std::move(id),
                  .version = std::move(version),
                  .delivery = *delivery,
                  .supervision = *supervision,
                  .run_as = std::move(run_as),
                  .binary = std::move(binary),
                  .capabilities = capabilities,
                  .files = {},
                  .units = {},
                  .primary = std::nullopt,
                  .health = std::move(health),
                  .manifest_sha256 = manifest_sha256,
                  .drop_in = std::nullopt,
                  .state_dirs = {},
                  .health_user = {}};
  for (const Json& file : *TRY(array_field(json, "files")))
    release.files.push_back(TRY(file_from_json(file)));
  for (const Json& unit : *TRY(array_field(json, "units")))
    release.units.push_back(TRY(unit_from_json(unit)));
  if (json.contains("primary")) release.primary = TRY(UnitName::parse(TRY(text_field(json, "primary"))));
  if (json.contains("drop_in")) {
    release.drop_in = TRY(drop_in_from_json(*TRY(object_field(json, "drop_in"))));
  }
  if (!release.health.exec.empty()) {
    release.health_user = TRY(text_field(*TRY(object_field(json, "health")), "user"));
  }
  if (json.contains("state_dirs")) {
    for (const Json& dir : *TRY(array_field(json, "state_dirs")))
      release.state_dirs.push_back(TRY(state_dir_from_json(dir)));
  }
  if (json.contains("package")) {
    release.package = TRY(package_from_json(*TRY(object_field(json, "package"))));
  }
  if (json.contains("program")) release.program = TRY(text_field(json, "program"));
  if (json.contains("signer")) release.signer = TRY(signer_from_json(*TRY(object_field(json, "signer"))));
  if (json.contains("listing")) release.listing = TRY(listing_from_json(*TRY(object_field(json, "listing"))));
  if (json.contains("requires"))
    release.requirements = TRY(requirements_from_json(*TRY(array_field(json, "requires"))));
  if (json.contains("manifest_text")) release.manifest_text = TRY(text_field(json, "manifest_text"));
  return release;
}

}  // namespace addon::plan
