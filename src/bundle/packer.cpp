#include "bundle/packer.hpp"

#include <zlib.h>
#include <zstd.h>

#include <new>
#include <utility>
#include <vector>

namespace addon::bundle {

namespace {

constexpr std::size_t kPackedChunk = std::size_t{128} << 10;

class Gzip final : public Packer {
 public:
  explicit Gzip(Output output) : output_(std::move(output)), buffer_(kPackedChunk) {
    constexpr int gzip = 16;
    constexpr int memory = 8;
    if (deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip, memory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Gzip() override { deflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  Result<> give(std::span<const std::byte> bytes) override { return run(bytes, Z_NO_FLUSH); }
  Result<> finish() override { return run({}, Z_FINISH); }

 private:
  Result<> run(std::span<const std::byte> bytes, int flush) {
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      deflate(&stream_, flush);
      TRY(output_(std::span<const std::byte>(buffer_).first(buffer_.size() - stream_.avail_out)));
    } while (stream_.avail_out == 0);
    return {};
  }

  Output output_;
  std::vector<std::byte> buffer_;
  z_stream stream_{};
};

class Zstd final : public Packer {
 public:
  Zstd(Output output, int level) : output_(std::move(output)), buffer_(kPackedChunk) {
    constexpr int window_log = 23;  // what readers accept
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }

  Result<> give(std::span<const std::byte> bytes) override { return run(bytes, ZSTD_e_continue); }
  Result<> finish() override { return run({}, ZSTD_e_end); }

 private:
  Result<> run(std::span<const std::byte> bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (bool is_done = false; !is_done;) {
      ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
      const std::size_t left = ZSTD_compressStream2(context_.get(), &out, &in, directive);
      if (ZSTD_isError(left) != 0) return tl::unexpected(Error(ZSTD_getErrorName(left)));
      TRY(output_(std::span<const std::byte>(buffer_).first(out.pos)));
      is_done = directive == ZSTD_e_end ? left == 0 : in.pos == in.size;
    }
    return {};
  }

  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  Output output_;
  std::vector<std::byte> buffer_;
  std::unique_ptr<ZSTD_CCtx, Free> context_{ZSTD_createCCtx()};
};

}  // namespace

std::unique_ptr<Packer> make_packer(Packing packing, Output output) {
  if (packing == Packing::gzip) return std::make_unique<Gzip>(std::move(output));
  // What is larger is little smaller, and takes a multiple of the time.
  constexpr int level = 12;
  return std::make_unique<Zstd>(std::move(output), packing == Packing::fast ? 1 : level);
}

}  // namespace addon::bundle
