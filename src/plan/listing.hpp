#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/addon_id.hpp"
#include "core/json.hpp"
#include "core/path.hpp"
#include "core/result.hpp"

namespace addon::plan {

/// What the host's agent is told of a release besides what is installed of it.
struct Listing {  // NOLINT(bugprone-exception-escape): the move of a Json asserts, it does not throw
  std::string name;
  std::vector<std::string> product_capabilities;
  std::string install_path;  ///< exec.install_path: where a package or the agent has the program
  std::vector<std::string> args;
  Json plugin;  ///< as the manifest has it; null where it has none
  std::optional<RelativePath> config_schema;
  std::vector<std::string> state_dirs;
  Json resources;  ///< limits by their names in manifests; null where there are none

  bool operator==(const Listing&) const = default;
};

Listing make_listing(const manifest::Manifest& manifest);

Json to_json(const Listing& listing);
/// The inverse; an error names what is missing or malformed.
Result<Listing> listing_from_json(const Json& json);

/// An add-on that a release needs, and in which versions.
struct Requirement {
  AddonId id;
  std::string version;  ///< a constraint; "": any

  bool operator==(const Requirement&) const = default;
};

Json to_json(const std::vector<Requirement>& requirements);
Result<std::vector<Requirement>> requirements_from_json(const Json& json);

}  // namespace addon::plan
