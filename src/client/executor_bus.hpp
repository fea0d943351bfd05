#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/protocol.hpp"
#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace addon::client {

/// One call of a method.
struct Call {
  const Method* method = nullptr;
  std::vector<std::string> ids{};  ///< for Operands::id at most one
  std::string plan{};              ///< for Operands::plan_sources: the plan's name
  UniqueFd plan_file{};
  std::vector<UniqueFd> files{};  ///< that hold the sources
  std::vector<Source> sources{};
  Options options{};
  bool may_interact = false;  ///< polkit may ask for a password
};

struct Answer {
  int exit = 0;
  std::string report;  ///< one JSON object
};

/// addon-executor, by way of the system bus.
class ExecutorBus {
 public:
  /// Null where there is no system bus, or nobody on it who is, or could be started as, the executor.
  static Result<std::unique_ptr<ExecutorBus>> connect();
  virtual ~ExecutorBus() = default;

  using Output = std::function<void(Stream, std::string_view)>;
  /// Makes the call and waits for its answer, however long that takes. What the verb writes meanwhile goes to
  /// `output`, in its order. Nullopt once `detach` is true: the executor goes on with what it began. Errors:
  /// kind unauthorised where the bus or the executor refuses the caller.
  virtual Result<std::optional<Answer>> call(const Call& call, const Output& output,
                                             const std::atomic<bool>& detach) = 0;
};

}  // namespace addon::client
