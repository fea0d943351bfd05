#pragma once

#include <memory>

#include "host/accounts.hpp"
#include "host/directory.hpp"

namespace addon::linux {

/// Users of the running host, whatever NSS takes them from. getpwnam_r(3), nsswitch.conf(5).
class LiveAccounts final : public host::Accounts {
 public:
  Result<std::optional<host::Account>> find(const std::string& user) override;
};

/// Users of a host that does not run: etc/passwd below its root, read once, on first use. An
/// absent file means no users. passwd(5).
class OfflineAccounts final : public host::Accounts {
 public:
  /// Keeps the reference: the directory must live as long.
  explicit OfflineAccounts(const host::Directory& root) : root_(root) {}

  Result<std::optional<host::Account>> find(const std::string& user) override;

 private:
  const host::Directory& root_;
  std::optional<std::string> passwd_;
};

}  // namespace addon::linux
