#pragma once

#include <memory>

#include "host/accounts.hpp"
#include "host/directory.hpp"

namespace addon::linux {

/// Users and groups of the running host, whatever NSS takes them from. getpwnam_r(3), getgrnam_r(3),
/// nsswitch.conf(5).
class LiveAccounts final : public host::Accounts {
 public:
  Result<std::optional<host::Account>> find(const std::string& user) override;
  Result<std::optional<unsigned>> find_group(const std::string& group) override;
};

/// Those of a host that does not run: etc/passwd and etc/group below its root, each read once, on first
/// use. An absent file means that there are none. passwd(5), group(5).
class OfflineAccounts final : public host::Accounts {
 public:
  /// Keeps the reference: the directory must live as long.
  explicit OfflineAccounts(const host::Directory& root) : root_(root) {}

  Result<std::optional<host::Account>> find(const std::string& user) override;
  Result<std::optional<unsigned>> find_group(const std::string& group) override;

 private:
  const host::Directory& root_;
  std::optional<std::string> passwd_;
  std::optional<std::string> group_;
};

}  // namespace addon::linux
