#include "bundle/archive.hpp"

#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "bundle/archive_entries.hpp"
#include "bundle/assemble.hpp"
#include "bundle/byte_tap.hpp"
#include "bundle/packed_stream.hpp"
#include "bundle/tar_stream.hpp"
#include "bundle/unpacker.hpp"
#include "bundle/unpacking.hpp"
#include "core/text.hpp"

namespace addon::bundle {

namespace {

/// One pass over an archive.
class ArchivePass {
 public:
  ArchivePass(host::File& file, const std::string& source, ArchiveOptions options)
      : file_(file),
        source_(source),
        pinned_(options.pinned),
        tap_(file, source, options.interrupted),
        packed_(tap_, source),
        tar_(packed_, source) {
    if (options.into) unpacking_.emplace(*std::move(options.into), options.write_limit);
    entries_ = std::make_unique<ArchiveEntries>(tar_, source_, unpacking_ ? &*unpacking_ : nullptr);
  }

  Result<ReadBundle> run() {
    const host::FileState before = TRY(file_.state());
    std::vector<Finding> stopped;
    if (auto read = read_entries(); !read) {
      // Without a finding it is no fault of the archive.
      if (read.error().findings().empty()) return tl::unexpected(std::move(read).error());
      stopped = read.error().findings();
    }
    Survey survey = std::move(*entries_).survey();
    survey.complete = stopped.empty();
    std::move(stopped.begin(), stopped.end(), std::back_inserter(survey.findings));
    if (auto why = TRY(why_none(before))) return unusable({*std::move(why)});
    if (!survey.complete) return unusable(std::move(survey.findings));
    return assembled(std::move(survey));
  }

 private:
  Result<> read_entries() {
    while (const auto entry = TRY(tar_.next())) TRY(entries_->take(*entry));
    return tar_.finish();
  }

  Finding of_archive(const Rule& rule, std::string message, std::string fix) const {
    Finding finding = make_finding(rule, std::move(message), {source_, 0, 0});
    finding.fix = std::move(fix);
    return finding;
  }

  // Why nothing counts that was found in it: it never stood in the file at one time, or is not what was
  // meant.
  Result<std::optional<Finding>> why_none(const host::FileState& before) {
    if (pinned_) {
      while (!TRY(tap_.next()).empty()) continue;
    }
    const host::FileState after = TRY(file_.state());
    if (after.identity != before.identity) {
      return of_archive(rules::bundle_unreadable, "it changed while it was read",
                        "try again when nothing writes to it");
    }
    digests_ = tap_.finish();
    if (!pinned_ || digests_.sha256 == *pinned_) return std::nullopt;
    return of_archive(
        rules::bundle_artifact_digest,
        fmt::format("its SHA-256 is {}, and the manifest pins {}", digests_.sha256.hex(), pinned_->hex()),
        "fetch the artifact again, or correct the manifest if a new one was released");
  }

  void check_first(Survey& survey, const RelativePath& manifest) const {
    if (entries_->first() == manifest.str() || survey.refuses(manifest.str())) return;
    // Names that begin with "./" have their finding.
    if (entries_->first() == "./" + manifest.str()) return;
    survey.findings.push_back(
        of_archive(rules::bundle_manifest_not_first,
                   fmt::format("the first file of the archive is {}, not the manifest {}",
                               quoted(entries_->first()), manifest.str()),
                   "pack it with addonctl bundle build"));
  }

  Result<ReadBundle> assembled(Survey survey) {
    const auto manifest = choose_manifest(entries_->manifests(), source_, "the archive");
    if (!manifest) {
      for (const Finding& finding : manifest.error().findings()) survey.findings.push_back(finding);
      return unusable(std::move(survey.findings));
    }
    check_first(survey, *manifest);
    ReadBundle read = assemble(std::move(survey), entries_->reader(), *manifest, source_, Contents::hashed);
    if (!read.bundle) return read;
    read.bundle->archive = digests_;
    if (unpacking_ && !unpacking_->stopped()) {
      read.bundle->directory = unpacking_->into().directory;
      read.bundle->unpacked = unpacking_->into();
    }
    return read;
  }

  host::File& file_;
  const std::string& source_;
  std::optional<Digest> pinned_;
  ByteTap tap_;
  PackedStream packed_;
  TarStream tar_;
  std::optional<Unpacking> unpacking_;
  std::unique_ptr<ArchiveEntries> entries_;
  ArchiveDigests digests_;
};

}  // namespace

Result<ReadBundle> read_archive(host::File& file, const std::string& source, ArchiveOptions options) {
  return ArchivePass(file, source, std::move(options)).run();
}

bool is_archive(std::span<const std::byte> beginning) { return is_packed(beginning); }

}  // namespace addon::bundle
