#include "bundle/unpacker.hpp"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace addon::bundle {

namespace {

// What `zstd -19` needs; --ultra and --long take more.
constexpr int kWindowLog = 23;
constexpr std::array<unsigned char, 3> kGzip = {0x1f, 0x8b, 0x08};  // deflate is its only method
constexpr std::array<unsigned char, 4> kZstd = {0x28, 0xb5, 0x2f, 0xfd};

template <std::size_t size>
bool begins_with(std::span<const std::byte> bytes, const std::array<unsigned char, size>& magic) {
  return bytes.size() >= size &&
         std::equal(magic.begin(), magic.end(), bytes.begin(),
                    [](unsigned char wanted, std::byte found) { return std::byte{wanted} == found; });
}

Error faulty(const Rule& rule, std::string message, const std::string& source, std::string fix) {
  Finding finding = make_finding(rule, std::move(message), {source, 0, 0});
  finding.fix = std::move(fix);
  return Error::of({std::move(finding)});
}

class Gunzip final : public Unpacker {
 public:
  explicit Gunzip(std::string source) : source_(std::move(source)) {
    constexpr int gzip_only = 16;
    if (inflateInit2(&stream_, MAX_WBITS + gzip_only) != Z_OK) throw std::bad_alloc();
  }
  ~Gunzip() override { inflateEnd(&stream_); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  Result<Step> unpack(std::span<const std::byte> in, std::span<std::byte> out) override {
    // It takes what it only reads by a pointer to what can be written.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    // Z_BUF_ERROR: it could go on with more, which is for the caller to see.
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      return tl::unexpected(
          damaged(source_, stream_.msg != nullptr ? stream_.msg : "it cannot be unpacked as gzip"));
    }
    return Step{in.size() - stream_.avail_in, out.size() - stream_.avail_out, code == Z_STREAM_END};
  }

 private:
  std::string source_;
  z_stream stream_{};
};

class Unzstd final : public Unpacker {
 public:
  explicit Unzstd(std::string source) : source_(std::move(source)) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLog);
  }

  Result<Step> unpack(std::span<const std::byte> in, std::span<std::byte> out) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t hint = ZSTD_decompressStream(context_.get(), &output, &input);
    if (ZSTD_getErrorCode(hint) == ZSTD_error_frameParameter_windowTooLarge) {
      return tl::unexpected(faulty(rules::bundle_compression,
                                   "unpacking it takes a window of more than 8 MiB of memory", source_,
                                   "pack it with zstd -19 or less, without --long"));
    }
    if (ZSTD_isError(hint) != 0) return tl::unexpected(damaged(source_, ZSTD_getErrorName(hint)));
    return Step{input.pos, output.pos, hint == 0};
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::string source_;
  std::unique_ptr<ZSTD_DCtx, Free> context_{ZSTD_createDCtx()};
};

}  // namespace

Error damaged(const std::string& source, const std::string& why) {
  return faulty(rules::bundle_archive_damaged, fmt::format("the archive is damaged: {}", why), source,
                "fetch it again, or build it with addonctl bundle build");
}

bool is_packed(std::span<const std::byte> beginning) {
  return begins_with(beginning, kGzip) || begins_with(beginning, kZstd);
}

Result<std::unique_ptr<Unpacker>> make_unpacker(std::span<const std::byte> beginning,
                                                const std::string& source) {
  if (begins_with(beginning, kGzip)) return std::make_unique<Gunzip>(source);
  if (begins_with(beginning, kZstd)) return std::make_unique<Unzstd>(source);
  return tl::unexpected(faulty(rules::bundle_archive_damaged,
                               "it is neither a .tar.gz nor a .tar.zst by its content", source,
                               "build it with addonctl bundle build"));
}

}  // namespace addon::bundle
