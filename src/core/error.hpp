#pragma once

#include <string>
#include <vector>

#include "core/finding.hpp"

namespace addon {
inline namespace core {

/// What kind of failure this is. The numbers are the program's exit codes (docs/operator.md,
/// "Exit codes") and public interface.
enum class ErrorKind {
  failed = 1,        ///< the host or the program failed: I/O, bus, bug
  usage = 2,         ///< wrong use of the command line
  invalid = 3,       ///< invalid input: manifest, policy, bundle, plan, signature
  denied = 4,        ///< denied by policy
  stale = 6,         ///< something that the plan is bound to has changed
  locked = 7,        ///< another transaction holds the lock
  rolled_back = 8,   ///< apply failed; the host is back as it was
  undo_failed = 9,   ///< apply failed and undoing it failed too
  unauthorised = 10  ///< the caller may not do this
};

/// Why something could not be done. Carries findings when the cause can be pointed at in a file.
class [[nodiscard]] Error {
 public:
  explicit Error(std::string message, ErrorKind kind = ErrorKind::failed)
      : kind_(kind), message_(std::move(message)) {}

  /// An error made of findings. Its kind is that of the findings; its message counts them.
  static Error of(std::vector<Finding> findings);

  /// The error of a failed system call: "MESSAGE: strerror(ERRNO_VALUE)", kind failed.
  static Error from_errno(int errno_value, std::string message);

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::vector<Finding>& findings() const { return findings_; }
  /// errno of the system call that failed, 0 where none did.
  int errno_value() const { return errno_; }

  /// The same failure, seen from one level up: "CONTEXT: message".
  Error with_context(const std::string& context) &&;
  Error with_kind(ErrorKind kind) &&;
  /// The same failure, of a system call whose errno the message already explains in words.
  Error with_errno(int errno_value) &&;

  /// This failure, and the one that happened while dealing with it. Neither is lost.
  Error followed_by(const Error& second) &&;

 private:
  ErrorKind kind_;
  int errno_ = 0;
  std::string message_;
  std::vector<Finding> findings_;
};

}  // namespace core
}  // namespace addon
