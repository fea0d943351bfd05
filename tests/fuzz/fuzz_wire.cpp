// What a caged process hands back: whatever it is, it is refused or a value that can be written and read
// again as the same; frames of files end in an error or in files within the limits.
//
// The first byte says what the rest is meant to be.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "bundle/limits.hpp"
#include "fuzz/property.hpp"
#include "manifest/sound.hpp"
#include "service/frames.hpp"
#include "service/wire_manifest.hpp"
#include "service/wire_plan.hpp"
#include "service/wire_signature.hpp"
#include "service/wire_unit.hpp"

namespace addon::fuzz {

namespace {

using namespace addon::service;

template <class T>
std::optional<T> read_as(std::string_view bytes) {
  auto read = from_wire<T>(bytes);
  if (!read) {
    must(read.error().kind() == ErrorKind::invalid, "what cannot be read is invalid");
    return std::nullopt;
  }
  const std::string written = to_wire(*read);
  const auto again = from_wire<T>(written);
  must(again.has_value(), "what was read can be written and read again");
  must(to_wire(*again) == written, "it is the same then");
  return *std::move(read);
}

/// Counts what it is given.
class Counter final : public bundle::FileTaker {
 public:
  Result<> begin(const RelativePath& path, std::uint64_t size) override {
    must(!is_open_, "a file begins when the one before has ended");
    must(path.str().find("..") == std::string::npos || RelativePath::parse(path.str()).has_value(),
         "a path is one");
    must(size <= bundle::kMaxFileBytes, "a file is within its limit");
    is_open_ = true;
    left_ = size;
    return {};
  }
  Result<> give(std::span<const std::byte> bytes) override {
    must(is_open_ && bytes.size() <= left_, "a file is no longer than it says");
    left_ -= bytes.size();
    return {};
  }
  Result<> end() override {
    must(is_open_ && left_ == 0, "a file is no shorter than it says");
    is_open_ = false;
    return {};
  }
  Result<> stop() override { return {}; }
  bool is_open() const { return is_open_; }

 private:
  bool is_open_ = false;
  std::uint64_t left_ = 0;
};

std::string frames_in(std::string_view bytes, std::size_t chunk) {
  Counter files;
  FrameReader reader(files);
  for (std::size_t at = 0; at < bytes.size(); at += chunk) {
    const std::string_view some = bytes.substr(at, chunk);
    if (const auto taken = reader.take(std::as_bytes(std::span(some.data(), some.size()))); !taken)
      return taken.error().message();
  }
  const auto walked = reader.finish();
  if (!walked) return walked.error().message();
  must(!files.is_open(), "what is whole has no half file");
  must(walked->complete || has_errors(walked->findings), "what is not complete has a reason");
  return "walked";
}

void look_at(std::string_view text) {
  if (text.empty()) return;
  const std::string_view rest = text.substr(1);
  switch (text.front()) {
    case 'm': {
      const auto parsed = read_as<manifest::ParsedManifest>(rest);
      if (parsed && parsed->manifest) must(!manifest::why_unsound(*parsed->manifest), "a manifest is sound");
      return;
    }
    case 'u':
      return static_cast<void>(read_as<bundle::AnalyzedUnit>(rest));
    case 's':
      return static_cast<void>(read_as<SignatureAnswer>(rest));
    case 'p': {
      auto answer = read_as<PlanAnswer>(rest);
      // Nothing that it is asked afterwards may end the program.
      if (answer && answer->plan) static_cast<void>(plan::saved_plan_of(*std::move(answer->plan)));
      return;
    }
    default:
      must(frames_in(rest, 1) == frames_in(rest, 4096), "chunks do not count");
  }
}

}  // namespace

}  // namespace addon::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  addon::fuzz::look_at(addon::fuzz::text_of(data, size));
  return 0;
}
