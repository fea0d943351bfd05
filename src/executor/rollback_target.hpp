#pragma once

#include <optional>

#include "bundle/bundle.hpp"
#include "core/addon_id.hpp"
#include "core/result.hpp"
#include "executor/generations.hpp"
#include "plan/generation.hpp"

namespace addon::executor {

/// The release that was active before the present one of that add-on: the newest earlier record
/// of it with another version. Errors: it is not installed (usage), nothing came before (failed).
Result<plan::Release> previous_release(const Generations& generations, const AddonId& id);

/// The generation to go back to: `number`, or the one before the last. 0 is the empty host.
/// Errors: no such generation (usage), nothing to go back from (usage).
Result<plan::Generation> target_generation(const Generations& generations,
                                           std::optional<std::uint64_t> number);

/// The version as it is installed, whole and as recorded; an error names it when its directory is
/// missing or altered. What has no directory is made of the record, which has its manifest. `parser` reads
/// what the add-on's author wrote; null: this process.
Result<bundle::Bundle> read_installed(const plan::Release& release, const host::Directory& root,
                                      const host::KnownDigests& known, bundle::Parser* parser = nullptr);

}  // namespace addon::executor
