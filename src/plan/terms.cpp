// What a manifest asks for as a whole, for policy.
#include <fmt/format.h>

#include "plan/compile_addon.hpp"
#include "plan/state_dirs.hpp"

namespace addon::plan {

std::vector<Asked> asked_capabilities(const manifest::Manifest& manifest) {
  std::vector<Asked> asked;
  for (const manifest::RequestedCapability& one : manifest.os_capabilities) {
    asked.push_back({std::string(one.capability.name()), one.at, one.pointer});
  }
  return asked;
}

namespace {

/// Of an os-package whose program the agent starts. That of a unit stands in its Exec lines.
std::optional<Asked> packaged_program(const manifest::Manifest& manifest) {
  const bool is_told = manifest.delivery.value == manifest::Delivery::os_package &&
                       manifest.supervision.value == manifest::Supervision::agent_sidecar;
  if (!is_told) return std::nullopt;
  return Asked{fmt::format("{}/{}", manifest.install_path, manifest.binary.value.str()), manifest.binary.at,
               manifest.binary.pointer};
}

}  // namespace

Terms terms_of(const manifest::Manifest& manifest) {
  return {.delivery = {std::string(manifest::to_string(manifest.delivery.value)), manifest.delivery.at,
                       manifest.delivery.pointer},
          .supervision = {std::string(manifest::to_string(manifest.supervision.value)),
                          manifest.supervision.at, manifest.supervision.pointer},
          .run_as = {manifest.run_as.value, manifest.run_as.at, manifest.run_as.pointer},
          .state_dirs = asked_state_dirs(manifest),
          .state_owners = asked_names(manifest, &manifest::StateDir::owner),
          .state_groups = asked_names(manifest, &manifest::StateDir::group),
          .program = packaged_program(manifest),
          .version_at = manifest.version.at,
          .standing_units = {}};
}

}  // namespace addon::plan
