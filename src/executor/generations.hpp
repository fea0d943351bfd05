#pragma once

#include <cstdint>
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

/// The highest number of a record, readable or not; 0 where there is none.
Result<std::uint64_t> last_number(const host::Directory& root);

/// A record that is not what was written, or that others than root can write.
struct DamagedRecord {
  std::uint64_t number = 0;
  std::string why;  ///< a sentence
};

struct LastGeneration {
  plan::Generation generation;         ///< the last that can be believed; 0 where none is recorded
  std::vector<DamagedRecord> damaged;  ///< later ones
};

/// Only the last generation: what all but history and rollback need. A record that cannot be read
/// because of the disk is an error; one that is damaged is passed over.
Result<LastGeneration> read_last_generation(const host::Directory& root);

/// Renames damaged records later than the last good one, so that they are in nobody's way and can still be
/// looked at. A sentence for each.
Result<std::vector<std::string>> put_damaged_aside(host::Directory& root);

/// Makes the generation durable in the directory of records; from here on the transaction has happened.
Result<> commit_generation(host::Directory& records, const plan::Generation& generation);

/// Whether that generation is recorded, and was made by that plan.
Result<bool> has_generation(const host::Directory& root, std::uint64_t number,
                            const std::string& plan_digest);

/// Takes back a generation whose commit failed: its record may stand there all the same, or
/// what was to become one, where even removing that failed.
Result<> withdraw_generation(host::Directory& records, std::uint64_t number);

/// Names of the records that were put aside as damaged.
Result<std::vector<std::string>> put_aside(const host::Directory& root);

/// Forgets these generations for good. None of them is no error.
Result<> remove_generations(host::Directory& root, const std::vector<std::uint64_t>& numbers);

/// Removes what is left of writing a record that was never finished.
Result<> discard_draft(host::Directory& root, std::uint64_t number);

}  // namespace addon::executor
