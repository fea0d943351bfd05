#pragma once

#include "core/finding.hpp"
#include "plan/compile_addon.hpp"
#include "plan/generation.hpp"
#include "plan/release.hpp"

namespace addon::plan {

/// Whether that version was active before with other bytes, also where nothing of it is left.
bool had_other_content(const Release& wanted, const Generation& generation);

/// The finding about a version that is, or was, on the host with other content than the one that is wanted.
Finding content_changed(const Release& wanted, const AddonFacts& facts);

}  // namespace addon::plan
