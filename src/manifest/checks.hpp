#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "manifest/manifest.hpp"
#include "manifest/reader.hpp"

// What no schema can say, part by part: each function reads its part of the manifest, reports
// everything that is wrong with it, and gives what is sound.
namespace addon::manifest {

/// requires.os_capabilities: trimmed, merged whatever their case, sorted by number.
std::vector<RequestedCapability> read_capabilities(Reader& reader);

std::optional<Sourced<RelativePath>> read_binary(Reader& reader);
std::optional<Sourced<RelativePath>> read_config_schema(Reader& reader);
std::optional<std::vector<ExtraFile>> read_files(Reader& reader);
std::vector<StateDir> read_state_dirs(Reader& reader);
std::vector<Artifact> read_artifacts(Reader& reader);

std::optional<std::vector<Sourced<UnitName>>> read_units(Reader& reader);
std::optional<Sourced<UnitName>> read_primary(Reader& reader,
                                              const std::optional<std::vector<Sourced<UnitName>>>& units);

Health read_health(Reader& reader);
std::optional<Resources> read_resources(Reader& reader);
/// A list of texts that end up on a command line.
std::vector<std::string> read_words(Reader& reader, const Field& list);

void check_delivery_and_supervision(Reader& reader);
/// requires.base_agent.
Sourced<std::string> read_base_agent(Reader& reader);
std::optional<RequiredPackage> read_package(Reader& reader);
/// That there is a file of addonctl's own to get capabilities: none of a package, none of the agent's.
void check_delivered_capabilities(Reader& reader, const std::vector<RequestedCapability>& asked);
/// requires.addons, none of which is the add-on itself.
std::vector<RequiredAddon> read_required_addons(Reader& reader);
std::optional<Sourced<std::vector<std::string>>> read_platforms(Reader& reader);
/// Comparisons with SemVer versions, joined by blanks or commas: ">=1.2.0 <2.0.0", "1.2.0".
bool is_version_constraint(std::string_view text);

}  // namespace addon::manifest
