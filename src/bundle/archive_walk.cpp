#include "bundle/archive_walk.hpp"

#include <iterator>
#include <utility>

#include "bundle/archive_entries.hpp"
#include "bundle/packed_stream.hpp"
#include "bundle/tar_stream.hpp"

namespace addon::bundle {

Result<Walked> walk_archive(ByteTap& tap, const std::string& source, Form form, FileTaker& files) {
  PackedStream packed(tap, source, form == Form::archive ? Ratio::limited : Ratio::any);
  TarStream tar(packed, source);
  ArchiveEntries entries(tar, source, form, files);
  const auto to_its_end = [&]() -> Result<> {
    while (const auto entry = TRY(tar.next())) TRY(entries.take(*entry));
    return tar.finish();
  };
  const auto read = to_its_end();
  Walked walked = std::move(entries).walked();
  if (read) return walked;
  // Without a finding it is no fault of the archive.
  if (read.error().findings().empty()) return tl::unexpected(read.error());
  walked.complete = false;
  const std::vector<Finding>& why = read.error().findings();
  walked.findings.insert(walked.findings.end(), why.begin(), why.end());
  return walked;
}

}  // namespace addon::bundle
