#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace addon::unit {

using SipHashKey = std::array<std::uint8_t, 16>;

/// SipHash-2-4 (Aumasson and Bernstein, 2012), with which systemd makes names for dynamic users.
/// It guards nothing here.
std::uint64_t siphash24(std::string_view text, const SipHashKey& key);

}  // namespace addon::unit
