#pragma once

#include <string>
#include <vector>

#include "bundle/signature.hpp"
#include "cli/site_files.hpp"
#include "core/result.hpp"

namespace addon::cli {

struct TrustedKeys {
  std::vector<bundle::TrustedKey> keys;  ///< sorted by name
  bool present = false;                  ///< whether there is a folder of keys that can be looked into
};

/// The keys of the host below `root`: /etc/addonctl/trusted-keys/NAME.pub. One that is damaged, that others
/// than root can change or that stands there twice is an error: none is skipped. The error holds the findings
/// of every file.
Result<TrustedKeys> load_trusted_keys(const std::string& root, PolicyTrust trust);

/// The public keys in files that the user named, whoever wrote them; a file's name without ".pub" is the
/// key's. Errors as above.
Result<std::vector<bundle::TrustedKey>> read_key_files(const std::vector<std::string>& files);

}  // namespace addon::cli
