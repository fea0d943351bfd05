#pragma once

#include <map>
#include <string>

#include "host/directory.hpp"
#include "unit/unit_reader.hpp"

namespace addon::executor {

/// The unit directories of the host below `root`, which must outlive it. Symlinks are followed as if
/// `root` were "/". For looking only: who may write what it reads is not asked.
class UnitFiles final : public unit::UnitReader {
 public:
  explicit UnitFiles(const host::Directory& root) : root_(root) {}

  Result<unit::UnitListing> list(const std::string& directory) override;
  Result<std::optional<std::string>> read_link(const std::string& path) override;
  Result<std::optional<std::string>> read(const std::string& path) override;

 private:
  struct Place;
  Result<std::optional<Place>> resolve(const std::string& path);
  Result<unit::UnitListing> list_uncached(const std::string& directory);

  const host::Directory& root_;
  std::map<std::string, unit::UnitListing, std::less<>> listed_;
};

}  // namespace addon::executor
