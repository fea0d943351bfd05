#include "tar.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "fixture.hpp"
#include "linux/directory.hpp"

namespace addon::bundle::test {

namespace {
void put(std::string& block, std::size_t at, std::size_t room, std::string_view text) {
  REQUIRE(text.size() <= room);
  block.replace(at, text.size(), text);
}

// Octal where it fits, else the base-256 of GNU and star.
std::string number(std::uint64_t value, std::size_t digits) {
  if (value < std::uint64_t{1} << (3 * digits)) return fmt::format("{:0{}o}", value, digits);
  std::string bytes(digits + 1, '\0');
  for (std::size_t i = bytes.size(); i-- > 0; value >>= 8U) bytes[i] = static_cast<char>(value & 0xffU);
  bytes[0] = static_cast<char>(0x80);
  return bytes;
}

std::string padded(std::string bytes) {
  bytes.resize((bytes.size() + tar_block - 1) / tar_block * tar_block, '\0');
  return bytes;
}
}  // namespace

std::string tar_header(const TarHeader& header) {
  std::string block(tar_block, '\0');
  put(block, 0, 100, header.name);
  put(block, 100, 8, fmt::format("{:07o}", header.mode));
  put(block, 108, 8, "0000000");
  put(block, 116, 8, "0000000");
  put(block, 124, 12, number(header.size, 11));
  put(block, 136, 12, "00000000000");
  put(block, 148, 8, "        ");
  block[156] = header.type;
  put(block, 157, 100, header.link);
  put(block, 257, 8, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char byte : block) sum += static_cast<unsigned char>(byte);
  put(block, 148, 8, fmt::format("{:06o}", sum) + std::string(1, '\0') + " ");
  return block;
}

std::string tar_file(const std::string& name, std::string_view bytes, unsigned mode) {
  return tar_header({.name = name, .type = '0', .size = bytes.size(), .mode = mode}) +
         padded(std::string(bytes));
}

std::string pax(const std::vector<std::pair<std::string, std::string>>& records) {
  std::string text;
  for (const auto& [key, value] : records) {
    // Its length counts itself.
    const std::size_t rest = key.size() + value.size() + 3;
    std::size_t length = rest;
    while (rest + std::to_string(length).size() != length) length = rest + std::to_string(length).size();
    text += fmt::format("{} {}={}\n", length, key, value);
  }
  return tar_header({.name = "PaxHeader", .type = 'x', .size = text.size()}) + padded(text);
}

std::string tar_end() { return std::string(2 * tar_block, '\0'); }

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, bytes.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstd(std::string_view bytes, int window_log) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  if (window_log != 0) {
    // Without the size in the header the window is what the frame asks for.
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  }
  std::string packed(ZSTD_compressBound(bytes.size()) + 32, '\0');
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  ZSTD_outBuffer out{packed.data(), packed.size(), 0};
  // In two steps, so that the size is not known when the header is written.
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue);
  REQUIRE(ZSTD_compressStream2(context, &out, &in, ZSTD_e_end) == 0);
  ZSTD_freeCCtx(context);
  packed.resize(out.pos);
  return packed;
}

std::string service_entries(std::string_view more) {
  return tar_file("addon.yaml", manifest_text("systemd-service", more)) +
         tar_file("config.schema.json", "{}") + tar_file("probe", "#!/bin/true\n", 0755) +
         tar_file("probe.service", service);
}

ReadBundle read_bytes(std::string_view bytes, const std::optional<Digest>& pinned) {
  const Fixture fixture;
  fixture.write("archive", bytes);
  const auto directory = linux::open_directory_path(fixture.path());
  REQUIRE(directory);
  const auto file = (*directory)->open_file(RelativePath::of({"archive"}));
  REQUIRE(file);
  auto read = read_archive(**file, "ARCHIVE", {.pinned = pinned});
  REQUIRE(read);
  return *std::move(read);
}

ReadBundle read_entries(const std::string& entries) { return read_bytes(gzip(entries + tar_end())); }

}  // namespace addon::bundle::test
