#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::linux {

/// Whether the filter of system calls and the limit on memory are there in this build: not under
/// AddressSanitizer, which needs calls and address space of its own.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kCageIsWhole = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kCageIsWhole = false;
#else
inline constexpr bool kCageIsWhole = true;
#endif
#else
inline constexpr bool kCageIsWhole = true;
#endif

/// Whom a caged process runs as, and what it may use at most.
struct CageTerms {
  unsigned uid = 65534;
  unsigned gid = 65534;
  std::uint64_t memory = std::uint64_t{512} << 20;  ///< bytes of address space
  std::chrono::milliseconds idle{120'000};          ///< how long it may neither take nor give a byte
  std::chrono::milliseconds whole{3'600'000};       ///< how long it may take altogether, however busy
  const std::atomic<bool>* interrupted = nullptr;   ///< ends the wait, too
};

/// What a caged process does: reads `input` to whatever end it likes, writes to `output`, and returns its
/// exit status. It may compute, take and free memory, read and write these two, and end; any other system
/// call kills it. Of File only read() and write() work. It must start no thread.
using Caged = std::function<int(host::File& input, host::File& output)>;

/// This side of the conversation. An error of either ends it, and is the error of run_caged().
class CageTalk {
 public:
  virtual ~CageTalk() = default;
  /// More bytes for it, which stay as they are until the next call; empty when there are no more.
  virtual Result<std::span<const std::byte>> give() = 0;
  /// Bytes that came from it: whatever it likes, also without an end.
  virtual Result<> take(std::span<const std::byte> bytes) = 0;
};

/// How a caged process ended.
struct CageEnd {
  std::string
      fault{};  ///< why what it wrote is not to be used: "was killed by signal 31 (…)"; "" where it is
};

/// Runs a function in a new process that has nothing but two pipes: no privilege (own user, no supplementary
/// group, no capability, none to gain: capabilities(7), PR_SET_NO_NEW_PRIVS), no other descriptor, no session
/// or keyring of ours, no core, bounded memory, no file that it could write to, and of the system calls only
/// those that its work needs: seccomp(2). It dies with the thread that called. It is gone when this returns.
///
/// A process that does not end by itself with status 0, is silent for too long or could not be caged is a
/// fault; the function then never began in the last of these cases. Errors: those of `talk`; that no process
/// could be made; an interruption.
///
/// Needs root with CAP_SETUID, CAP_SETGID and CAP_SETPCAP, no more. Preconditions: no other thread runs (the
/// new process has none, whatever locks they hold), and SIGPIPE is ignored, as harden_process() has it.
Result<CageEnd> run_caged(const CageTerms& terms, const Caged& work, CageTalk& talk);

}  // namespace addon::linux
