#pragma once

#include <string>

#include "core/unique_fd.hpp"
#include "host/directory.hpp"

namespace addon::linux {

/// A regular file by its descriptor. Made by Tree only, which has looked at its type.
class OpenFile final : public host::File {
 public:
  OpenFile(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override;
  Result<> write(std::span<const std::byte> bytes) override;
  Result<host::FileState> state() const override;
  Result<host::FileCapabilities> capabilities() const override;
  Result<std::vector<std::string>> attributes() const override;
  Result<> set_owner(unsigned uid, unsigned gid) override;
  Result<> set_mode(unsigned mode) override;
  Result<> set_capabilities(const host::FileCapabilities& capabilities) override;
  Result<> truncate(std::uint64_t size) override;
  Result<> sync() override;

  /// Another descriptor of it, at the same position.
  Result<UniqueFd> duplicate() const;

 private:
  UniqueFd fd_;
  std::string path_;  ///< for messages
};

/// The rest of a file; over `limit` bytes is an error that names `path`.
Result<std::string> read_all(host::File& file, const std::string& path, std::size_t limit);

}  // namespace addon::linux
