#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace addon::bundle {

inline constexpr std::size_t kTarBlock = 512;

/// What stands before a file's bytes in a tar file: a ustar header, tar(5), with a pax header before it where
/// the path is too long for one or not ASCII. Time and owner are 0, and nobody has a name. Precondition: size
/// is at most kMaxFileBytes.
std::string tar_header_of(std::string_view path, std::uint64_t size, unsigned mode);

/// Zeros behind so many bytes, up to the next block.
std::string tar_padding(std::uint64_t size);

/// What stands behind the last file.
std::string tar_end_mark();

}  // namespace addon::bundle
