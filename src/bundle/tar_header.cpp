#include "bundle/tar_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace addon::bundle {

namespace {

constexpr std::size_t kNameRoom = 100;
constexpr std::size_t kPrefixRoom = 155;

struct SplitName {
  std::string prefix;
  std::string name;
};

bool is_portable(std::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// At the first '/' behind which the rest fits.
std::optional<SplitName> split(std::string_view path) {
  if (!is_portable(path)) return std::nullopt;
  if (path.size() <= kNameRoom) return SplitName{"", std::string(path)};
  const std::size_t slash = path.find('/', path.size() - kNameRoom - 1);
  if (slash == std::string_view::npos || slash > kPrefixRoom) return std::nullopt;
  return SplitName{std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

void put(std::string& block, std::size_t at, std::string_view text) { block.replace(at, text.size(), text); }

std::string ustar(const SplitName& path, std::uint64_t size, unsigned mode, char type) {
  std::string block(kTarBlock, '\0');
  put(block, 0, path.name);
  put(block, 100, fmt::format("{:07o}", mode));
  put(block, 108, "0000000");  // uid
  put(block, 116, "0000000");  // gid
  put(block, 124, fmt::format("{:011o}", size));
  put(block, 136, "00000000000");  // mtime
  put(block, 148, "        ");     // the checksum, as it counts itself
  block[156] = type;
  put(block, 257, "ustar");
  put(block, 263, "00");
  put(block, 345, path.prefix);
  unsigned sum = 0;
  for (const char byte : block) sum += static_cast<unsigned char>(byte);
  put(block, 148, fmt::format("{:06o}", sum));
  block[154] = '\0';
  return block;
}

// "LENGTH path=PATH\n", where the length counts itself.
std::string path_record(std::string_view path) {
  const std::size_t rest = path.size() + std::string_view(" path=\n").size();
  std::size_t length = rest + 1;
  while (rest + std::to_string(length).size() != length) length = rest + std::to_string(length).size();
  return fmt::format("{} path={}\n", length, path);
}

}  // namespace

std::string tar_header_of(std::string_view path, std::uint64_t size, unsigned mode) {
  constexpr unsigned plain = 0644;
  if (const auto names = split(path)) return ustar(*names, size, mode, '0');
  const std::string record = path_record(path);
  return ustar({"", "pax"}, record.size(), plain, 'x') + record + tar_padding(record.size()) +
         ustar({"", "see-pax-header"}, size, mode, '0');
}

std::string tar_padding(std::uint64_t size) {
  return std::string((kTarBlock - size % kTarBlock) % kTarBlock, '\0');
}

std::string tar_end_mark() { return std::string(2 * kTarBlock, '\0'); }

}  // namespace addon::bundle
