#include "service/wire_manifest.hpp"

#include <chrono>
#include <limits>

#include "manifest/sound.hpp"

namespace addon::service {

namespace {

AddonId some_id() { return *AddonId::parse("x"); }
Version some_version() { return *Version::parse("0.0.0"); }
UnitName some_unit() { return *UnitName::parse("x.service"); }
RelativePath some_path() { return RelativePath::of({"x"}); }

constexpr std::uint64_t kDay = 24ULL * 60 * 60 * 1000;
constexpr std::uint64_t kPermissions = 0777;
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 62U;

}  // namespace

template <>
struct Blank<manifest::Sourced<UnitName>> {
  static manifest::Sourced<UnitName> make() { return {some_unit(), {}, {}}; }
};
template <>
struct Blank<manifest::Sourced<RelativePath>> {
  static manifest::Sourced<RelativePath> make() { return {some_path(), {}, {}}; }
};
template <>
struct Blank<manifest::RequestedCapability> {
  static manifest::RequestedCapability make() { return {Capability::from_number(0), {}, {}}; }
};
template <>
struct Blank<manifest::ExtraFile> {
  static manifest::ExtraFile make() { return {some_path(), std::nullopt, {}, {}}; }
};
template <>
struct Blank<manifest::RequiredAddon> {
  static manifest::RequiredAddon make() { return {some_id(), {}, {}, {}}; }
};
template <>
struct Blank<manifest::Artifact> {
  static manifest::Artifact make() { return {{}, {}, some_path(), {}, {}, {}, {}}; }
};
template <>
struct Blank<manifest::Manifest> {
  static manifest::Manifest make() {
    return {.file = {},
            .id = {some_id(), {}, {}},
            .name = {},
            .version = {some_version(), {}, {}},
            .delivery = {},
            .supervision = {},
            .os_capabilities = {},
            .run_as = {},
            .binary = {some_path(), {}, {}},
            .install_path = {},
            .args = {},
            .units = {},
            .primary = {},
            .files = {},
            .state_dirs = {},
            .health = {},
            .resources = {},
            .config_schema = {}};
  }
};

// Templates, found where they are used by their first argument.

template <class V, Is<AddonId> T>
void wire(V& visitor, T& id) {
  wire_word(visitor, id);
}
template <class V, Is<Version> T>
void wire(V& visitor, T& version) {
  wire_word(visitor, version);
}
template <class V, Is<UnitName> T>
void wire(V& visitor, T& name) {
  wire_word(visitor, name);
}
template <class V, Is<RelativePath> T>
void wire(V& visitor, T& path) {
  wire_word(visitor, path);
}
template <class V, Is<Digest> T>
void wire(V& visitor, T& digest) {
  wire_word(visitor, digest);
}

template <class V, Is<manifest::Delivery> T>
void wire(V& visitor, T& delivery) {
  wire_number(visitor, delivery, static_cast<std::uint64_t>(manifest::Delivery::os_package));
}
template <class V, Is<manifest::Supervision> T>
void wire(V& visitor, T& supervision) {
  wire_number(visitor, supervision, static_cast<std::uint64_t>(manifest::Supervision::ephemeral_helper));
}
template <class V, Is<std::chrono::milliseconds> T>
void wire(V& visitor, T& duration) {
  auto count = duration.count();
  wire_number(visitor, count, kDay);
  if constexpr (V::kReads) duration = std::chrono::milliseconds(count);
}
/// The permission bits of a file.
template <class V, Is<unsigned> T>
void wire(V& visitor, T& mode) {
  wire_number(visitor, mode, kPermissions);
}
template <class V, Is<int> T>
void wire(V& visitor, T& number) {
  wire_number(visitor, number, std::numeric_limits<int>::max());
}
template <class V, Is<long long> T>
void wire(V& visitor, T& number) {
  wire_number(visitor, number, kMostBytes);
}

template <class V, class T>
void wire_sourced(V& visitor, T& sourced) {
  auto& [value, at, pointer] = sourced;
  wire_all(visitor, value, at, pointer);
}
template <class T>
void wire(WireWriter& writer, const manifest::Sourced<T>& sourced) {
  wire_sourced(writer, sourced);
}
template <class T>
void wire(WireReader& reader, manifest::Sourced<T>& sourced) {
  wire_sourced(reader, sourced);
}

template <class V, Is<manifest::RequestedCapability> T>
void wire(V& visitor, T& asked) {
  auto& [capability, at, pointer] = asked;
  unsigned number = capability.number();
  wire_number(visitor, number, Capability::count() - 1);
  if constexpr (V::kReads) capability = Capability::from_number(number);
  wire_all(visitor, at, pointer);
}
template <class V, Is<manifest::ExtraFile> T>
void wire(V& visitor, T& file) {
  auto& [path, mode, at, pointer] = file;
  wire_all(visitor, path, mode, at, pointer);
}
template <class V, Is<manifest::StateDir> T>
void wire(V& visitor, T& directory) {
  auto& [path, owner, group, mode, at] = directory;
  wire_all(visitor, path, owner, group, mode, at);
}
template <class V, Is<manifest::Health> T>
void wire(V& visitor, T& health) {
  auto& [timeout, stable_for, exec, exec_at] = health;
  wire_all(visitor, timeout, stable_for, exec, exec_at);
}
template <class V, Is<manifest::Resources> T>
void wire(V& visitor, T& resources) {
  auto& [cpu_max_percent, memory_max_bytes, memory_high_bytes, tasks_max, slice, at, slice_at] = resources;
  wire_all(visitor, cpu_max_percent, memory_max_bytes, memory_high_bytes, tasks_max, slice, at, slice_at);
}
template <class V, Is<manifest::RequiredAddon> T>
void wire(V& visitor, T& required) {
  auto& [id, version, at, pointer] = required;
  wire_all(visitor, id, version, at, pointer);
}
template <class V, Is<manifest::RequiredPackage> T>
void wire(V& visitor, T& package) {
  auto& [name, comparison, version, at, pointer] = package;
  wire_all(visitor, name, comparison, version, at, pointer);
}
template <class V, Is<manifest::Artifact> T>
void wire(V& visitor, T& artifact) {
  auto& [os, arch, object_key, sha256, signature_ref, at, pointer] = artifact;
  wire_all(visitor, os, arch, object_key, sha256, signature_ref, at, pointer);
}

template <class V, Is<manifest::Manifest> T>
void wire(V& visitor, T& m) {
  auto& [file, id, name, version, delivery, supervision, os_capabilities, run_as, binary, install_path, args,
         units, primary, files, state_dirs, health, resources, config_schema, platforms, required_addons,
         package, base_agent, artifacts, product_capabilities, plugin] = m;
  wire_all(visitor, file, id, name, version, delivery, supervision, os_capabilities, run_as, binary,
           install_path, args, units, primary, files, state_dirs, health, resources, config_schema, platforms,
           required_addons, package, base_agent, artifacts, product_capabilities, plugin);
}

namespace {

template <class V, class T>
void wire_parsed(V& visitor, T& parsed) {
  auto& [manifest, findings] = parsed;
  wire_all(visitor, manifest, findings);
}

}  // namespace

void wire(WireWriter& writer, const manifest::ParsedManifest& parsed) { wire_parsed(writer, parsed); }

void wire(WireReader& reader, manifest::ParsedManifest& parsed) {
  wire_parsed(reader, parsed);
  if (reader.failed()) return;
  const bool is_sound =
      parsed.manifest ? !manifest::why_unsound(*parsed.manifest) : has_errors(parsed.findings);
  // One or the other: no manifest without a reason, none with one.
  if (!is_sound || (parsed.manifest && has_errors(parsed.findings))) reader.fail();
}

}  // namespace addon::service
