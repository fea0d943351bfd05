#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundle/archive.hpp"
#include "bundle/bundle.hpp"

namespace addon::bundle::test {

/// Tar files byte by byte (tar(5)), so that they can be wrong in every way.
struct TarHeader {
  std::string name;
  char type = '0';
  std::uint64_t size = 0;
  unsigned mode = 0644;
  std::string link = {};
};
std::string tar_header(const TarHeader& header);
/// Header, bytes and padding.
std::string tar_file(const std::string& name, std::string_view bytes, unsigned mode = 0644);
/// A pax header for the entry behind it.
std::string pax(const std::vector<std::pair<std::string, std::string>>& records);
inline constexpr std::size_t tar_block = 512;
std::string tar_end();

std::string gzip(std::string_view bytes);
std::string zstd(std::string_view bytes, int window_log = 0);

/// The entries of a whole bundle of one service without a fault, manifest first, without the end.
std::string service_entries(std::string_view more = "");

/// Reads these bytes, from a real file, as "ARCHIVE".
ReadBundle read_bytes(std::string_view bytes, const std::optional<Digest>& pinned = std::nullopt);
/// … of a gzip of these entries and the end of a tar file.
ReadBundle read_entries(const std::string& entries);

}  // namespace addon::bundle::test
