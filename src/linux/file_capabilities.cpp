// The capabilities of an open file, by libcap: cap_get_fd(3), cap_set_fd(3), capabilities(7).
#include <fmt/format.h>
#include <sys/capability.h>

#include <memory>

#include "linux/file.hpp"
#include "linux/resolve.hpp"

namespace addon::linux {

namespace {
struct FreeCap {
  void operator()(cap_t capabilities) const { cap_free(capabilities); }
};
using OwnedCap = std::unique_ptr<std::remove_pointer_t<cap_t>, FreeCap>;

constexpr int bits_in_file = 64;  // two 32-bit words in revisions 2 and 3 of the attribute

std::uint64_t bits_of(cap_t capabilities, cap_flag_t flag) {
  std::uint64_t bits = 0;
  for (int number = 0; number < bits_in_file; ++number) {
    cap_flag_value_t value = CAP_CLEAR;
    if (cap_get_flag(capabilities, number, flag, &value) == 0 && value == CAP_SET) {
      bits |= std::uint64_t{1} << number;
    }
  }
  return bits;
}

bool raise(cap_t capabilities, cap_flag_t flag, CapabilitySet set) {
  for (const Capability capability : set.members()) {
    const auto value = static_cast<cap_value_t>(capability.number());
    if (cap_set_flag(capabilities, flag, 1, &value, CAP_SET) != 0) return false;
  }
  return true;
}

/// Null where libcap does not know one of them.
OwnedCap encode(const host::FileCapabilities& capabilities) {
  OwnedCap encoded(cap_init());
  if (!encoded) return nullptr;
  const CapabilitySet effective =
      capabilities.effective ? capabilities.permitted | capabilities.inheritable : CapabilitySet{};
  if (!raise(encoded.get(), CAP_PERMITTED, capabilities.permitted) ||
      !raise(encoded.get(), CAP_INHERITABLE, capabilities.inheritable) ||
      !raise(encoded.get(), CAP_EFFECTIVE, effective) ||
      cap_set_nsowner(encoded.get(), capabilities.root_uid) != 0) {
    return nullptr;
  }
  return encoded;
}

/// In words what makes a kernel or filesystem refuse the attribute.
std::string explain_refusal(int errno_value) {
  if (errno_value == ENOTSUP) {
    return "its filesystem does not support file capabilities; move /opt/addons to one that does (ext4, xfs, "
           "btrfs)";
  }
  if (errno_value == EPERM) return "it takes CAP_SETFCAP, which this process does not have";
  return explain(errno_value);
}
}  // namespace

Result<host::FileCapabilities> OpenFile::capabilities() const {
  const OwnedCap found(cap_get_fd(fd_.get()));
  if (!found) {
    if (errno == ENODATA || errno == ENOTSUP) return host::FileCapabilities{};
    return tl::unexpected(open_error("read the capabilities of", path_, errno));
  }
  const std::uint64_t known = CapabilitySet::all().bits();
  const std::uint64_t permitted = bits_of(found.get(), CAP_PERMITTED);
  const std::uint64_t inheritable = bits_of(found.get(), CAP_INHERITABLE);
  host::FileCapabilities capabilities;
  capabilities.permitted = CapabilitySet::from_bits(permitted & known);
  capabilities.inheritable = CapabilitySet::from_bits(inheritable & known);
  capabilities.effective = bits_of(found.get(), CAP_EFFECTIVE) != 0;
  capabilities.unknown_bits = (permitted | inheritable) & ~known;
  capabilities.root_uid = cap_get_nsowner(found.get());
  return capabilities;
}

Result<> OpenFile::set_capabilities(const host::FileCapabilities& capabilities) {
  constexpr std::string_view doing = "set the capabilities of";
  const host::FileState before = TRY(state());
  if (before.type != host::FileType::regular) {
    return tl::unexpected(refusal(doing, path_, "it is not a regular file", EINVAL));
  }
  // Taking them away is right for every name that the file has.
  if (before.links != 1 && !capabilities.empty()) {
    return tl::unexpected(refusal(
        doing, path_,
        fmt::format("it has {} hard links, and each of them would get the capabilities", before.links),
        EMLINK));
  }
  if (capabilities.unknown_bits != 0) {
    return tl::unexpected(refusal(doing, path_, "some of them are unknown to this program", EINVAL));
  }
  if (capabilities.empty()) {
    if (cap_set_fd(fd_.get(), nullptr) != 0 && errno != ENODATA && errno != ENOTSUP) {
      return tl::unexpected(refusal("remove the capabilities of", path_, explain_refusal(errno), errno));
    }
    return {};
  }
  const OwnedCap encoded = encode(capabilities);
  if (!encoded) return tl::unexpected(refusal(doing, path_, "libcap does not know them all", EINVAL));
  if (cap_set_fd(fd_.get(), encoded.get()) != 0) {
    return tl::unexpected(refusal(doing, path_, explain_refusal(errno), errno));
  }
  return {};
}

}  // namespace addon::linux
