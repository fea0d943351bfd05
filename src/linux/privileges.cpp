#include "linux/privileges.hpp"

#include <sys/capability.h>

#include <array>
#include <cerrno>
#include <memory>
#include <type_traits>

namespace addon::linux {

namespace {

struct FreeCap {
  void operator()(cap_t capabilities) const { cap_free(capabilities); }
};
using Held = std::unique_ptr<std::remove_pointer_t<cap_t>, FreeCap>;

bool is_kept(cap_value_t value, CapabilitySet kept) {
  return (kept.bits() >> static_cast<unsigned>(value) & 1U) != 0;
}

bool clear_others(cap_t held, CapabilitySet kept) {
  for (cap_value_t value = 0; value < cap_max_bits(); ++value) {
    if (is_kept(value, kept)) continue;
    for (const cap_flag_t flag : {CAP_EFFECTIVE, CAP_PERMITTED, CAP_INHERITABLE}) {
      if (cap_set_flag(held, flag, 1, &value, CAP_CLEAR) != 0) return false;
    }
  }
  return true;
}

// While CAP_SETPCAP is still there.
bool bound(CapabilitySet kept) {
  for (cap_value_t value = 0; value < cap_max_bits(); ++value) {
    if (!is_kept(value, kept) && cap_get_bound(value) == 1 && cap_drop_bound(value) != 0) return false;
  }
  return true;
}

}  // namespace

Result<> keep_only(CapabilitySet kept) {
  const Held held(cap_get_proc());
  if (held && cap_reset_ambient() == 0 && bound(kept) && clear_others(held.get(), kept) &&
      cap_set_proc(held.get()) == 0) {
    return {};
  }
  return tl::unexpected(Error::from_errno(errno, "cannot give up capabilities"));
}

}  // namespace addon::linux
