#include "bundle/bundle.hpp"

#include <fmt/format.h>

#include <utility>

#include "bundle/assemble.hpp"
#include "bundle/parser.hpp"
#include "bundle/reader.hpp"
#include "bundle/survey.hpp"

namespace addon::bundle {

namespace {

/// Takes the signature out of the survey: it is no file of the add-on. Null where there is none.
std::optional<SurveyedFile> take_signature(Survey& survey, const RelativePath& manifest) {
  const SurveyedFile* found = survey.find(manifest.str() + ".minisig");
  if (found == nullptr) return std::nullopt;
  SurveyedFile signature = *found;
  std::erase_if(survey.files, [&](const SurveyedFile& file) { return file.path == signature.path; });
  return signature;
}

std::optional<BundleSignature> read_signature(const SurveyedFile& file, Reader& reader,
                                              const std::string& source, std::vector<Finding>& findings) {
  BundleSignature signature{file_in(source, file.path.str()), "", {}};
  // One byte over the limit is enough for its parser to refuse it as too large.
  auto text = reader.text(file, minisign::kMaxSignatureFile);
  if (text) {
    signature.text = std::move(*text);
    return signature;
  }
  findings.push_back(make_finding(unreadable(text.error()),
                                  fmt::format("cannot read the signature: {}", text.error().message()),
                                  {signature.file, 0, 0}));
  findings.back().fix = how_to_read(text.error());
  return std::nullopt;
}

/// Every file with the digest of the bytes that were read of it, and are used: parsed or staged.
std::vector<ListedFile> list_files(const Survey& survey, Reader& reader, const std::string& source,
                                   std::vector<Finding>& findings) {
  std::vector<ListedFile> listing;
  for (const SurveyedFile& file : survey.files) {
    const auto digest = reader.digest(file);
    if (digest) {
      listing.push_back({file.path, *digest});
      continue;
    }
    findings.push_back(make_finding(unreadable(digest.error()),
                                    fmt::format("cannot read the file: {}", digest.error().message()),
                                    {file_in(source, file.path.str()), 0, 0}));
    findings.back().fix = how_to_read(digest.error());
  }
  return listing;
}

}  // namespace

Result<RelativePath> find_manifest(const host::Directory& directory, const std::string& source) {
  const auto entries = directory.list();
  if (!entries) {
    Finding finding =
        make_finding(unreadable(entries.error()),
                     fmt::format("cannot list the directory: {}", entries.error().message()), {source, 0, 0});
    finding.fix = "check that it exists and that you may read it";
    return tl::unexpected(Error::of({std::move(finding)}));
  }
  std::vector<std::string> names;
  for (const host::DirectoryEntry& entry : *entries) {
    if (entry.type != host::FileType::directory && is_safe_segment(entry.name)) names.push_back(entry.name);
  }
  return choose_manifest(names, source, "the directory");
}

ReadBundle read_directory(std::shared_ptr<const host::Directory> directory, const std::string& source,
                          Origin origin, const host::KnownDigests& known, Contents contents, Parser* parser) {
  // What is in a directory without a manifest is nobody's bundle, and no fault of it.
  const auto manifest = find_manifest(*directory, source);
  if (!manifest) return unusable(manifest.error().findings());
  Survey found = survey(*directory, source, origin);
  if (!found.complete) return unusable(std::move(found.findings));
  // What root installed has none, and one that stands there is as foreign as any other file.
  const auto signature_file = origin == Origin::bundle ? take_signature(found, *manifest) : std::nullopt;
  const Survey files = found;
  DirectoryReader reader(*directory, known);
  OwnParser own;
  ReadBundle read =
      assemble(std::move(found), reader, *manifest, source, contents, parser != nullptr ? *parser : own);
  if (!read.bundle) return read;
  read.bundle->directory = std::move(directory);
  if (origin == Origin::bundle && contents == Contents::hashed)
    read.bundle->listing = list_files(files, reader, source, read.findings);
  if (signature_file) {
    read.bundle->signature = read_signature(*signature_file, reader, source, read.findings);
    if (read.bundle->signature)
      read.bundle->signature->digest = Blake2b::of(digest_list(read.bundle->listing));
  }
  if (has_errors(read.findings)) read.bundle.reset();
  return read;
}

}  // namespace addon::bundle
