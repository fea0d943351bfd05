#include "bundle/archive_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "bundle/assemble.hpp"
#include "bundle/limits.hpp"
#include "bundle/machine.hpp"
#include "bundle/minisign.hpp"
#include "core/text.hpp"

namespace addon::bundle {

namespace {

// Kept in memory until the bundle is whole.
constexpr std::size_t kMaxTextBytes = std::size_t{4} << 20;

bool is_at_top(const RelativePath& path) { return path.str().find('/') == std::string::npos; }

bool is_unit_name(std::string_view name) { return name.ends_with(".service") || name.ends_with(".timer"); }

// Whoever walks the archive has seen to that: it is not for the archive's author to mend.
tl::unexpected<Error> not_a_file(std::string_view path, std::string_view why) {
  return tl::unexpected(Error(fmt::format("what was unpacked is none of its files: {} {}", quoted(path), why),
                              ErrorKind::invalid));
}

}  // namespace

Result<std::string> ArchiveReader::text(const SurveyedFile& file, std::size_t limit) {
  const auto found = contents_.find(file.path);
  if (found == contents_.end() || !found->second.is_text) {
    return tl::unexpected(Error("its text was not kept", ErrorKind::invalid));
  }
  return found->second.text.substr(0, limit + 1);
}

Result<std::string> ArchiveReader::beginning(const SurveyedFile& file) {
  const auto found = contents_.find(file.path);
  if (found == contents_.end()) return tl::unexpected(Error("it was not read", ErrorKind::invalid));
  return found->second.text.substr(0, kMachineBytes);
}

Result<Digest> ArchiveReader::digest(const SurveyedFile& file) {
  const auto found = contents_.find(file.path);
  if (found == contents_.end()) return tl::unexpected(Error("it was not read", ErrorKind::invalid));
  return found->second.sha256;
}

bool ArchiveFiles::is_signature(const RelativePath& path) const {
  return form_ == Form::directory && !manifests_.empty() && path.str() == manifests_.front() + ".minisig";
}

bool ArchiveFiles::is_text(const RelativePath& path) {
  if (!is_at_top(path)) return false;
  const bool is_manifest = is_manifest_name(path.str());
  if (is_manifest) manifests_.push_back(path.str());
  return is_manifest || is_unit_name(path.str());
}

Result<> ArchiveFiles::begin(const RelativePath& path, std::uint64_t size) {
  static_assert(kMaxManifestBytes == kMaxUnitBytes && minisign::kMaxSignatureFile < kMaxUnitBytes);
  if (current_) return not_a_file(path.str(), "begins within another one");
  if (files_.size() >= kMaxEntries) return not_a_file(path.str(), "is one too many");
  if (path.segments().size() > kMaxDepth) return not_a_file(path.str(), "is nested too deep");
  if (size > kMaxFileBytes || (bytes_ += size) > kMaxBundleBytes)
    return not_a_file(path.str(), "is too large");
  if (reader_.has(path) || (signature_ && is_signature(path)))
    return not_a_file(path.str(), "is there twice");
  Current next{.path = path, .size = size, .left = size, .is_signature = is_signature(path)};
  next.content.is_text = next.is_signature || is_text(path);
  // Not a file of the add-on: nothing of it is staged.
  if (unpacking_ != nullptr && !next.is_signature) next.target = TRY(unpacking_->create(path, size));
  Current& current = current_.emplace(std::move(next));
  intake_.begin(current.target.get(), &current.content.text,
                current.content.is_text ? kMaxUnitBytes + 1 : kMachineBytes);
  return {};
}

Result<> ArchiveFiles::give(std::span<const std::byte> bytes) {
  if (!current_ || bytes.size() > current_->left) return not_a_file("", "is longer than was said");
  current_->left -= bytes.size();
  return intake_.give(bytes);
}

Result<> ArchiveFiles::end() {
  if (!current_ || current_->left != 0) return not_a_file("", "is shorter than was said");
  current_->content.sha256 = TRY(intake_.finish());
  host::FileState state;
  if (current_->target != nullptr) state = TRY(current_->target->state());
  Current done = *std::move(current_);
  current_.reset();
  if (done.is_signature) {
    signature_ = done.content.text.substr(0, minisign::kMaxSignatureFile + 1);
    return {};
  }
  state.type = host::FileType::regular;
  state.identity.size = done.size;
  files_.push_back({done.path, state});
  text_bytes_ += done.content.is_text ? done.content.text.size() : 0;
  if (text_bytes_ > kMaxTextBytes) {
    Finding finding =
        make_finding(rules::bundle_limit, "the manifests and units at its top are larger than 4 MiB together",
                     {source_, 0, 0});
    finding.fix = "ship fewer units in one bundle";
    return tl::unexpected(Error::of({std::move(finding)}));
  }
  reader_.add(done.path, std::move(done.content));
  return {};
}

Result<> ArchiveFiles::stop() {
  // What will be refused need not fill the disk.
  if (unpacking_ != nullptr) unpacking_->stop();
  return {};
}

}  // namespace addon::bundle
