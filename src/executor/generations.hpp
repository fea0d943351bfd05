#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"
#include "host/directory.hpp"
#include "plan/generation.hpp"

namespace addon::executor {

/// All recorded generations.
struct Generations {
  std::vector<plan::Generation> all;  ///< ascending by number, those that could be read
  /// Sentences about records that could not be read; they block nothing but what needs them.
  std::vector<std::string> unreadable;

  /// The last one; generation 0 where none is recorded.
  plan::Generation last() const;
  const plan::Generation* find(std::uint64_t number) const;
};

Result<Generations> read_generations(const host::Directory& root);

/// Only the last generation: what all but history and rollback need. A newest record that cannot
/// be read is an error, because guessing what is active would be worse.
Result<plan::Generation> read_last_generation(const host::Directory& root);

/// Makes the generation durable in the directory of records; from here on the transaction has happened.
Result<> commit_generation(host::Directory& records, const plan::Generation& generation);

/// Whether that generation is recorded, and was made by that plan.
Result<bool> has_generation(const host::Directory& root, std::uint64_t number,
                            const std::string& plan_digest);

/// Takes back a generation whose commit failed: its record may stand there all the same.
Result<> withdraw_generation(host::Directory& records, std::uint64_t number);

/// Removes what is left of writing a record that was never finished.
Result<> discard_draft(host::Directory& root, std::uint64_t number);

}  // namespace addon::executor
