#pragma once

#include "executor/byte_meter.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// A file that tells a meter what is read of it, and is otherwise the file that it stands for.
class MeteredFile final : public host::File {
 public:
  /// Precondition: both outlive it.
  MeteredFile(host::File& file, ByteMeter& meter) : file_(file), meter_(meter) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const std::size_t count = TRY(file_.read(buffer));
    meter_.add(count);
    return count;
  }
  Result<> write(std::span<const std::byte> bytes) override { return file_.write(bytes); }
  Result<host::FileState> state() const override { return file_.state(); }
  Result<host::FileCapabilities> capabilities() const override { return file_.capabilities(); }
  Result<std::vector<std::string>> attributes() const override { return file_.attributes(); }
  Result<> set_owner(unsigned uid, unsigned gid) override { return file_.set_owner(uid, gid); }
  Result<> set_mode(unsigned mode) override { return file_.set_mode(mode); }
  Result<> set_capabilities(const host::FileCapabilities& capabilities) override {
    return file_.set_capabilities(capabilities);
  }
  Result<> truncate(std::uint64_t size) override { return file_.truncate(size); }
  Result<> sync() override { return file_.sync(); }

 private:
  host::File& file_;
  ByteMeter& meter_;
};

}  // namespace addon::executor
