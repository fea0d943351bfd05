#pragma once

#include <cstddef>
#include <cstdint>

/// What a bundle may be at most, wherever it comes from. What these refuse has rule bundle-limit.
namespace addon::bundle {

inline constexpr std::size_t kMaxEntries = 4096;  ///< files and directories
inline constexpr std::uint64_t kMaxFileBytes = std::uint64_t{4} << 30;
inline constexpr std::uint64_t kMaxBundleBytes = std::uint64_t{8} << 30;
inline constexpr std::size_t kMaxDepth = 8;  ///< segments of a file's path
inline constexpr std::size_t kMaxManifestBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxUnitBytes = std::size_t{1} << 20;

}  // namespace addon::bundle
