#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "bundle/archive_files.hpp"
#include "bundle/archive_walk.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::service {

/// Sends the files of an archive through a pipe, each behind a frame with its path and size, and last what
/// else stood in it.
class FrameWriter final : public bundle::FileTaker {
 public:
  explicit FrameWriter(host::File& output) : output_(output) {}

  Result<> begin(const RelativePath& path, std::uint64_t size) override;
  Result<> give(std::span<const std::byte> bytes) override { return output_.write(bytes); }
  Result<> end() override { return {}; }
  Result<> stop() override;
  Result<> finish(const bundle::Walked& walked);

 private:
  host::File& output_;
};

/// Takes such frames from whoever sends them, and passes the files on. An error of kind invalid, without a
/// finding, says that it is nothing that a FrameWriter sends; others are those of `files`.
class FrameReader {
 public:
  explicit FrameReader(bundle::FileTaker& files) : files_(files) {}

  Result<> take(std::span<const std::byte> bytes);
  /// What else stood in the archive, once there are no more bytes.
  Result<bundle::Walked> finish();

 private:
  Result<> take_header();
  Result<> take_payload();

  bundle::FileTaker& files_;
  std::string pending_;          ///< of a header or payload
  std::size_t wanted_ = 0;       ///< bytes of the payload; 0 where a header is next
  std::uint64_t kind_ = 0;       ///< of the payload
  std::uint64_t file_left_ = 0;  ///< bytes of a file that are to come
  std::optional<bundle::Walked> walked_;
};

}  // namespace addon::service
