#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bundle/archive_files.hpp"
#include "bundle/byte_tap.hpp"
#include "bundle/form.hpp"
#include "core/finding.hpp"
#include "core/result.hpp"

namespace addon::bundle {

/// What stands in an archive beside its files.
struct Walked {
  std::vector<Finding> findings;
  std::vector<std::string> refused;  ///< names of entries that are no files to take; any bytes
  std::string first;                 ///< the first entry that is no directory; "" where there is none
  bool complete = true;  ///< false where it was not read to its end: there is an error that says why
};

/// Undoes the compression, reads the entries and judges each, and gives `files` those that are files. Bytes
/// come from the tap, to their end unless the result is not complete. Errors, without a finding: those of
/// `files` and of an interruption.
Result<Walked> walk_archive(ByteTap& tap, const std::string& source, Form form, FileTaker& files);

/// The same, wherever it is done.
using Walk = std::function<Result<Walked>(ByteTap&, const std::string&, Form, FileTaker&)>;

}  // namespace addon::bundle
