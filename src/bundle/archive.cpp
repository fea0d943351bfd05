#include "bundle/archive.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "bundle/archive_files.hpp"
#include "bundle/assemble.hpp"
#include "bundle/byte_tap.hpp"
#include "bundle/survey.hpp"
#include "bundle/unpacker.hpp"
#include "bundle/unpacking.hpp"
#include "core/text.hpp"

namespace addon::bundle {

namespace {

/// One pass over an archive.
class ArchivePass {
 public:
  ArchivePass(host::File& file, const std::string& source, ArchiveOptions options)
      : file_(file), source_(source), options_(std::move(options)), tap_(file, source, options_.interrupted) {
    if (options_.into) unpacking_.emplace(*options_.into, options_.write_limit);
    files_.emplace(source_, options_.form, unpacking_ ? &*unpacking_ : nullptr);
  }

  Result<ReadBundle> run() {
    const host::FileState before = TRY(file_.state());
    auto walked = options_.walk ? options_.walk(tap_, source_, options_.form, *files_)
                                : walk_archive(tap_, source_, options_.form, *files_);
    if (!walked) {
      // Without a finding it is no fault of the archive.
      if (walked.error().findings().empty()) return tl::unexpected(std::move(walked).error());
      walked = Walked{.findings = walked.error().findings(), .refused = {}, .first = {}, .complete = false};
    }
    if (auto why = TRY(why_none(before))) return unusable({*std::move(why)});
    if (!walked->complete) return unusable(std::move(walked->findings));
    return assembled(*std::move(walked));
  }

 private:
  Finding of_archive(const Rule& rule, std::string message, std::string fix) const {
    Finding finding = make_finding(rule, std::move(message), {source_, 0, 0});
    finding.fix = std::move(fix);
    return finding;
  }

  // Why nothing counts that was found in it: it never stood in the file at one time, or is not what was
  // meant.
  Result<std::optional<Finding>> why_none(const host::FileState& before) {
    const std::optional<Digest>& pinned = options_.pinned;
    if (pinned) {
      while (!TRY(tap_.next()).empty()) continue;
    }
    const host::FileState after = TRY(file_.state());
    if (after.identity != before.identity) {
      return of_archive(rules::bundle_unreadable, "it changed while it was read",
                        "try again when nothing writes to it");
    }
    digests_ = tap_.finish();
    if (!pinned || digests_.sha256 == *pinned) return std::nullopt;
    return of_archive(
        rules::bundle_artifact_digest,
        fmt::format("its SHA-256 is {}, and the manifest pins {}", digests_.sha256.hex(), pinned->hex()),
        "fetch the artifact again, or correct the manifest if a new one was released");
  }

  void check_first(Survey& survey, const std::string& first, const RelativePath& manifest) const {
    if (first == manifest.str() || survey.refuses(manifest.str())) return;
    // Names that begin with "./" have their finding.
    if (first == "./" + manifest.str()) return;
    survey.findings.push_back(
        of_archive(rules::bundle_manifest_not_first,
                   fmt::format("the first file of the archive is {}, not the manifest {}", quoted(first),
                               manifest.str()),
                   "pack it with addonctl bundle build"));
  }

  Result<ReadBundle> assembled(Walked walked) {
    Survey survey;
    survey.files = files_->take_files();
    survey.sort();
    survey.refused = std::move(walked.refused);
    survey.findings = std::move(walked.findings);
    const bool is_directory = options_.form == Form::directory;
    const auto manifest =
        choose_manifest(files_->manifests(), source_, is_directory ? "the directory" : "the archive");
    if (!manifest) {
      for (const Finding& finding : manifest.error().findings()) survey.findings.push_back(finding);
      return unusable(std::move(survey.findings));
    }
    check_first(survey, walked.first, *manifest);
    std::vector<ListedFile> listing;
    if (is_directory) listing = TRY(list(survey));
    OwnParser own;
    Parser& parser = options_.parser != nullptr ? *options_.parser : own;
    ReadBundle read =
        assemble(std::move(survey), files_->reader(), *manifest, source_, Contents::hashed, parser);
    if (!read.bundle) return read;
    if (is_directory) {
      add_signature(*read.bundle, *manifest, std::move(listing));
    } else {
      read.bundle->archive = digests_;
    }
    if (unpacking_ && !unpacking_->stopped()) {
      read.bundle->directory = unpacking_->into().directory;
      read.bundle->unpacked = unpacking_->into();
    }
    return read;
  }

  Result<std::vector<ListedFile>> list(const Survey& survey) {
    std::vector<ListedFile> listing;
    for (const SurveyedFile& file : survey.files) {
      const Digest digest = TRY(files_->reader().digest(file));
      listing.push_back({file.path, digest});
    }
    return listing;
  }

  // As read_directory() does.
  void add_signature(Bundle& bundle, const RelativePath& manifest, std::vector<ListedFile> listing) {
    bundle.listing = std::move(listing);
    auto text = files_->take_signature();
    if (!text) return;
    bundle.signature = BundleSignature{file_in(source_, manifest.str() + ".minisig"), *std::move(text),
                                       Blake2b::of(digest_list(bundle.listing))};
  }

  host::File& file_;
  const std::string& source_;
  ArchiveOptions options_;
  ByteTap tap_;
  std::optional<Unpacking> unpacking_;
  std::optional<ArchiveFiles> files_;
  ArchiveDigests digests_;
};

}  // namespace

Result<ReadBundle> read_archive(host::File& file, const std::string& source, ArchiveOptions options) {
  return ArchivePass(file, source, std::move(options)).run();
}

bool is_archive(std::span<const std::byte> beginning) { return is_packed(beginning); }

}  // namespace addon::bundle
