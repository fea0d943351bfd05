#include "bundle/intake.hpp"

#include <algorithm>

namespace addon::bundle {

namespace {
constexpr std::size_t kWritten = std::size_t{1} << 20;
}  // namespace

Intake::Intake() : beside_([this](std::span<const std::byte> bytes) { hash_.update(bytes); }) {
  for (std::vector<std::byte>& buffer : buffers_) buffer.resize(kWritten);
}

void Intake::begin(host::File* target, std::string* text, std::size_t text_limit) {
  beside_.wait();
  hash_ = Sha256();
  used_ = 0;
  target_ = target;
  text_ = text;
  text_limit_ = text_limit;
}

Result<> Intake::give(std::span<const std::byte> bytes) {
  if (text_ != nullptr && text_->size() < text_limit_) {
    text_->append(reinterpret_cast<const char*>(bytes.data()),
                  std::min(bytes.size(), text_limit_ - text_->size()));
  }
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), kWritten - used_);
    std::copy_n(bytes.begin(), count, buffers_[turn_].begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += count;
    bytes = bytes.subspan(count);
    if (used_ == kWritten) TRY(flush());
  }
  return {};
}

Result<> Intake::flush() {
  const auto full = std::span<const std::byte>(buffers_[turn_]).first(used_);
  used_ = 0;
  turn_ = 1 - turn_;
  beside_.give(full);
  return target_ == nullptr ? Result<>() : target_->write(full);
}

Result<Digest> Intake::finish() {
  TRY(flush());
  beside_.wait();
  return hash_.finish();
}

}  // namespace addon::bundle
