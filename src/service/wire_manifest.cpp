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

template <class T>
void wire(WireWriter& writer, const manifest::Sourced<T>& sourced) {
  wire_all(writer, sourced.value, sourced.at, sourced.pointer);
}
template <class T>
void wire(WireReader& reader, manifest::Sourced<T>& sourced) {
  wire_all(reader, sourced.value, sourced.at, sourced.pointer);
}

template <class V, Is<manifest::RequestedCapability> T>
void wire(V& visitor, T& asked) {
  unsigned number = asked.capability.number();
  wire_number(visitor, number, Capability::count() - 1);
  if constexpr (V::kReads) asked.capability = Capability::from_number(number);
  wire_all(visitor, asked.at, asked.pointer);
}
template <class V, Is<manifest::ExtraFile> T>
void wire(V& visitor, T& file) {
  wire_all(visitor, file.path, file.mode, file.at, file.pointer);
}
template <class V, Is<manifest::StateDir> T>
void wire(V& visitor, T& directory) {
  wire_all(visitor, directory.path, directory.owner, directory.group, directory.mode, directory.at);
}
template <class V, Is<manifest::Health> T>
void wire(V& visitor, T& health) {
  wire_all(visitor, health.timeout, health.stable_for, health.exec, health.exec_at);
}
template <class V, Is<manifest::Resources> T>
void wire(V& visitor, T& resources) {
  wire_all(visitor, resources.cpu_max_percent, resources.memory_max_bytes, resources.memory_high_bytes,
           resources.tasks_max, resources.slice, resources.at, resources.slice_at);
}
template <class V, Is<manifest::RequiredAddon> T>
void wire(V& visitor, T& required) {
  wire_all(visitor, required.id, required.version, required.at, required.pointer);
}
template <class V, Is<manifest::RequiredPackage> T>
void wire(V& visitor, T& package) {
  wire_all(visitor, package.name, package.comparison, package.version, package.at, package.pointer);
}
template <class V, Is<manifest::Artifact> T>
void wire(V& visitor, T& artifact) {
  wire_all(visitor, artifact.os, artifact.arch, artifact.object_key, artifact.sha256, artifact.signature_ref,
           artifact.at, artifact.pointer);
}

template <class V, Is<manifest::Manifest> T>
void wire(V& visitor, T& m) {
  wire_all(visitor, m.file, m.id, m.name, m.version, m.delivery, m.supervision, m.os_capabilities, m.run_as,
           m.binary, m.install_path, m.args, m.units, m.primary, m.files, m.state_dirs, m.health, m.resources,
           m.config_schema, m.platforms, m.required_addons, m.package, m.base_agent, m.artifacts,
           m.product_capabilities, m.plugin);
}

void wire(WireWriter& writer, const manifest::ParsedManifest& parsed) {
  wire_all(writer, parsed.manifest, parsed.findings);
}

void wire(WireReader& reader, manifest::ParsedManifest& parsed) {
  wire_all(reader, parsed.manifest, parsed.findings);
  if (reader.failed()) return;
  const bool is_sound = parsed.manifest ? !manifest::why_unsound(*parsed.manifest) : has_errors(parsed.findings);
  // One or the other: no manifest without a reason, none with one.
  if (!is_sound || (parsed.manifest && has_errors(parsed.findings))) reader.fail();
}

}  // namespace addon::service
