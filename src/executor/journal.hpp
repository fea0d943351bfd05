#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/path.hpp"
#include "core/result.hpp"
#include "host/caller.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// What a transaction writes down before it changes anything: all that is needed to undo it, or to clean up
/// after it, without its plan and without its bundles.
struct Intent {
  std::string transaction;       ///< stands in every temporary name
  std::string verb;              ///< "apply", "rollback", "remove"
  std::string time;              ///< RFC 3339, UTC
  std::string boot;              ///< boot id of the kernel: what ran before a reboot runs no more
  std::uint64_t generation = 0;  ///< the one that it commits
  std::string plan_digest;       ///< that generation's record has it, once it is committed
  std::string policy_digest{};   ///< for the audit log, as what follows
  std::string summary{};
  std::vector<std::string> addons{};
  std::optional<host::Caller> caller{};
  std::vector<Json> steps;           ///< StepRun::record() of each
  std::vector<RelativePath> absent;  ///< directories that it makes, those above before those below
};

/// A transaction that was found open.
struct OpenTransaction {
  Intent intent;
  std::vector<bool> begun;  ///< which steps were begun; certain within one boot only
};

/// The record of the transaction that is under way: /var/lib/addonctl/journal/TRANSACTION.journal. One
/// line a record, "1 SHA256 JSON": the format's version, the digest of the rest of the line, the record.
/// The first is the intent, durable before anything else is changed. A line for each step follows
/// when it is begun; these survive the end of the process, and need not survive that of the host.
class Journal {
 public:
  /// Makes the intent durable. On failure nothing was begun, though what is left of the file may be there.
  static Result<Journal> begin(host::Directory& root, const Intent& intent);
  Result<> begin_step(std::size_t step);

 private:
  explicit Journal(std::unique_ptr<host::File> file) : file_(std::move(file)) {}

  std::unique_ptr<host::File> file_;
};

/// The transaction is over: the host is as it was, or cleaned up after the commit. Its journal goes; where a
/// power cut brings it back, what it asks for is done already.
Result<> end_journal(host::Directory& root, const std::string& transaction);

/// Whether a journal is there: its run is under way, or was cut off. Reads none of them.
Result<bool> has_open_journal(const host::Directory& root);

/// What is in the directory of journals.
struct JournalState {
  std::optional<OpenTransaction> open;
  std::vector<std::string> corrupt;  ///< names of files that are no readable journal
  std::vector<std::string> torn;     ///< of those whose run ended before it had begun anything
};

/// A file whose intent is incomplete at its end was being written when the run ended, so nothing was begun:
/// it is passed over. A line without its end is a torn one and no error, either. Any other line that does not
/// fit its digest makes the file corrupt.
Result<JournalState> read_journal(const host::Directory& root);

/// Ends the name of a journal that was put aside.
inline constexpr std::string_view kCorruptJournal = ".corrupt";

/// Renames corrupt journals, so that they are in nobody's way and can still be looked at, and removes what is
/// left of intents that were never finished. A sentence for each that was renamed.
Result<std::vector<std::string>> quarantine(host::Directory& root, const JournalState& state);

}  // namespace addon::executor
