#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/rules.hpp"

namespace addon::cli {

/// Who must have written the files of a site for them to be believed.
enum class PolicyTrust {
  root_only,  ///< root, with every directory above it; else an error with a finding of the kind's rule
  anyone      ///< for looking only
};

/// What kind of file it is, in the words of errors.
struct SiteFileKind {
  const Rule& untrusted;   ///< of the finding where others than root can change it
  const Rule& unreadable;  ///< … where something else stands in its place
  std::string_view what;   ///< "policy"
};

/// The whole of a regular file; nullopt where there is none.
Result<std::optional<std::string>> read_site_file(const std::string& file, PolicyTrust trust,
                                                  const SiteFileKind& kind, std::size_t limit);

/// The names in a folder, sorted; nullopt where there is none, or where whoever only looks may not.
Result<std::optional<std::vector<std::string>>> list_site_folder(const std::string& folder, PolicyTrust trust,
                                                                 const SiteFileKind& kind);

}  // namespace addon::cli
