#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "host/state.hpp"
#include "plan/generation.hpp"
#include "plan/release.hpp"

// /var/lib/addonctl/registry.json, which says to the host's agent what is active. Its form is
// schemas/addon-registry.schema.json.
namespace addon::plan {

/// To which generation a registry belongs.
struct RegistryHead {
  std::uint64_t generation = 0;
  std::string plan_digest;
};

/// What it says of one add-on.
Json registry_entry(const Release& release);
/// The bytes of the file.
std::string registry_text(const RegistryHead& head, const Json& entries);
/// What the generation's is: of the record alone, whatever the host is like.
std::string registry_text(const Generation& generation);

/// Whether what was found is what the generation's is, root's and for all to read. Before the first
/// generation there is none.
bool is_registry_of(const Generation& generation, const std::optional<host::FoundFile>& found);

}  // namespace addon::plan
