#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// Directories that archives are unpacked to before anything of the host is changed, so that staging them is
/// nothing but a rename: on the filesystem of /opt/addons, root's, 0700, each of a random name. In
/// /opt/addons, or where it would be made while it is absent, so that none has to be made that would have to
/// be removed again. What nobody moved away is removed at the end; what a run that was killed left, by
/// remove_incoming().
class Incoming {
 public:
  /// Precondition: the caller holds the lock. Keeps the reference.
  explicit Incoming(host::Directory& root) : root_(root) {}
  ~Incoming();
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  /// A new one.
  Result<bundle::Unpacked> make();

 private:
  host::Directory& root_;
  std::vector<bundle::Unpacked> made_;
};

/// Removes what is there of all that were ever made, and says what of it could not be removed. Precondition:
/// the caller holds the lock, and there is no Incoming.
std::vector<std::string> remove_incoming(host::Directory& root);

}  // namespace addon::executor
