#include "bundle/bundle.hpp"

#include <fmt/format.h>

#include <utility>

#include "bundle/assemble.hpp"
#include "bundle/reader.hpp"
#include "bundle/survey.hpp"

namespace addon::bundle {

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
                          Origin origin, const host::KnownDigests& known, Contents contents) {
  // What is in a directory without a manifest is nobody's bundle, and no fault of it.
  const auto manifest = find_manifest(*directory, source);
  if (!manifest) return unusable(manifest.error().findings());
  Survey found = survey(*directory, source, origin);
  if (!found.complete) return unusable(std::move(found.findings));
  DirectoryReader reader(*directory, known);
  ReadBundle read = assemble(std::move(found), reader, *manifest, source, contents);
  if (read.bundle) read.bundle->directory = std::move(directory);
  return read;
}

}  // namespace addon::bundle
