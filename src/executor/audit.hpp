#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "executor/audit_line.hpp"
#include "executor/journal.hpp"
#include "executor/ports.hpp"
#include "host/caller.hpp"

namespace addon::executor {

/// How a run that changed the host, or tried to, ended.
enum class AuditOutcome {
  done,         ///< it was committed
  rolled_back,  ///< it failed and undid itself
  undo_failed,  ///< it failed, and something could not be put back
  undone,       ///< it was cut off, and a later run undid it
  failed,       ///< it failed, and what it had done stays: gc
};

struct AuditRecord {
  std::string transaction;  ///< the journal's name for it; empty for a verb that needs none
  std::string verb;
  AuditOutcome outcome = AuditOutcome::done;
  std::string error;             ///< why it failed
  std::uint64_t generation = 0;  ///< that it made, or would have made
  std::string plan_digest;
  std::string policy_digest;
  std::string summary;
  std::vector<std::string> addons;
  std::optional<host::Caller> caller;
};

/// What is to be said about the run that wrote that intent.
AuditRecord audit_record(const Intent& intent, AuditOutcome outcome);

/// /var/lib/addonctl/audit.log, root's, 0600: one JSON object a line, each chained to the one before by its
/// hash. After 1,000 lines it becomes audit.log.N and another one continues the chain; no file is ever
/// removed. Precondition of everything here: the caller holds the lock.
class AuditLog {
 public:
  /// Opens it for what is to be recorded, so that a change which could not be recorded is not begun. A line
  /// that a crash left incomplete at the end is cut off.
  static Result<AuditLog> open(Ports& ports);

  /// Makes one line durable, and tells the host's own log. Where it fails the line may be there all the same.
  Result<> append(const AuditRecord& record);

  /// Whether the last line is about that transaction.
  bool ends_with(const std::string& transaction) const { return transaction == last_transaction_; }

 private:
  explicit AuditLog(Ports& ports) : ports_(&ports) {}
  Result<> read_end();
  Result<> rotate();

  Ports* ports_;
  std::unique_ptr<host::Directory> directory_;
  std::unique_ptr<host::File> file_;
  AuditLink end_;
  bool is_empty_ = true;  ///< the file that is written to
  std::string last_transaction_;
};

/// What a run left that was cut off between its line and audit.head: brings that up to the log's end.
/// Nothing to do costs one fstatat(2).
Result<> settle_audit(Ports& ports);

/// What is wrong with the log, and how much of it there is.
struct AuditState {
  std::uint64_t lines = 0;
  std::uint64_t first = 0;            ///< number of the first line that is there
  std::uint64_t last_generation = 0;  ///< that a line says was committed
  std::vector<std::string> problems;  ///< sentences, one for each file at most and one for the end
};

/// Finds edited, removed, reordered and forged lines, and an end that was cut off. Whole files at the
/// beginning may have been moved away. A host without a log has none to check.
Result<AuditState> check_audit(const host::Directory& root);

}  // namespace addon::executor
