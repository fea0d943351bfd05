#include "linux/cage_filter.hpp"

#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

namespace addon::linux {

namespace {

struct FreeFilter {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, FreeFilter>;

// The last two lines are what abort(3) does before it sends itself the signal.
constexpr std::array kAllowed = {
    SCMP_SYS(read),         SCMP_SYS(pread64),         SCMP_SYS(readv),        SCMP_SYS(write),
    SCMP_SYS(writev),       SCMP_SYS(lseek),           SCMP_SYS(close),        SCMP_SYS(fstat),
    SCMP_SYS(brk),          SCMP_SYS(munmap),          SCMP_SYS(mremap),       SCMP_SYS(madvise),
    SCMP_SYS(futex),        SCMP_SYS(sched_yield),     SCMP_SYS(getrandom),    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),    SCMP_SYS(time),         SCMP_SYS(exit),
    SCMP_SYS(exit_group),   SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction), SCMP_SYS(getpid),          SCMP_SYS(gettid)};

bool allow(scmp_filter_ctx filter, int call) {
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
}

// Where the bits of an argument that are in `mask` are as in `wanted`.
bool allow_if(scmp_filter_ctx filter, int call, unsigned argument, scmp_datum_t mask, scmp_datum_t wanted) {
  const scmp_arg_cmp comparison{argument, SCMP_CMP_MASKED_EQ, mask, wanted};
  return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &comparison) == 0;
}

}  // namespace

bool filter_calls() {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (filter == nullptr) return false;
  if (seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0) return false;
  if (!std::all_of(kAllowed.begin(), kAllowed.end(), [&](int call) { return allow(filter.get(), call); }))
    return false;
  constexpr unsigned protection = 2;
  constexpr scmp_datum_t all_bits = ~scmp_datum_t{0};
  return allow_if(filter.get(), SCMP_SYS(mmap), protection, PROT_EXEC, 0) &&
         allow_if(filter.get(), SCMP_SYS(mprotect), protection, PROT_EXEC, 0) &&
         allow_if(filter.get(), SCMP_SYS(tgkill), 0, all_bits, static_cast<scmp_datum_t>(getpid())) &&
         seccomp_load(filter.get()) == 0;
}

}  // namespace addon::linux
