#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"

namespace addon::host {

struct Account {
  unsigned uid = 0;
  unsigned gid = 0;  ///< primary group
};

/// The host's users and groups. passwd(5), group(5).
class Accounts {
 public:
  virtual ~Accounts() = default;
  /// nullopt for a user that does not exist.
  virtual Result<std::optional<Account>> find(const std::string& user) = 0;
  /// Its gid; nullopt for a group that does not exist.
  virtual Result<std::optional<unsigned>> find_group(const std::string& group) = 0;
};

}  // namespace addon::host
