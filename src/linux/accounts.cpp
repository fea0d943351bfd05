#include "linux/accounts.hpp"

#include <fmt/format.h>
#include <pwd.h>

#include <cerrno>
#include <cstdio>
#include <vector>

#include "core/text.hpp"

namespace addon::linux {

namespace {
constexpr std::size_t first_buffer = 4096;
constexpr std::size_t largest_buffer = 1U << 20U;
constexpr std::size_t largest_passwd = 16U << 20U;

struct CloseFile {
  void operator()(FILE* stream) const { static_cast<void>(fclose(stream)); }  // it was only read
};

/// The entry of that name in the text of a passwd file.
Result<std::optional<host::Account>> find_in(std::string& passwd, const std::string& user) {
  if (passwd.empty()) return std::nullopt;
  const std::unique_ptr<FILE, CloseFile> stream(fmemopen(passwd.data(), passwd.size(), "r"));
  if (!stream) return tl::unexpected(Error::from_errno(errno, "cannot read etc/passwd"));
  std::vector<char> buffer(largest_buffer);
  for (;;) {
    ::passwd entry{};
    ::passwd* found = nullptr;
    const int failure = fgetpwent_r(stream.get(), &entry, buffer.data(), buffer.size(), &found);
    if (failure == ENOENT) return std::nullopt;
    if (failure != 0) return tl::unexpected(Error::from_errno(failure, "cannot read etc/passwd"));
    if (found->pw_name == user) return host::Account{.uid = found->pw_uid, .gid = found->pw_gid};
  }
}
}  // namespace

Result<std::optional<host::Account>> LiveAccounts::find(const std::string& user) {
  for (std::size_t size = first_buffer; size <= largest_buffer; size *= 2) {
    std::vector<char> buffer(size);
    ::passwd entry{};
    ::passwd* found = nullptr;
    const int failure = getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) return host::Account{.uid = found->pw_uid, .gid = found->pw_gid};
    // Sources of NSS differ in how they say that there is no such user. getpwnam(3), NOTES.
    if (failure == 0 || failure == ENOENT || failure == ESRCH) return std::nullopt;
    if (failure != ERANGE && failure != EINTR) {
      return tl::unexpected(Error::from_errno(failure, fmt::format("cannot look up user {}", quoted(user))));
    }
  }
  return tl::unexpected(Error::from_errno(ERANGE, fmt::format("cannot look up user {}", quoted(user))));
}

Result<std::optional<host::Account>> OfflineAccounts::find(const std::string& user) {
  if (!passwd_) {
    auto text = root_.read_file(RelativePath::of({"etc", "passwd"}), largest_passwd);
    if (!text && text.error().errno_value() != ENOENT) return tl::unexpected(std::move(text).error());
    passwd_ = text.value_or("");
  }
  return find_in(*passwd_, user);
}

}  // namespace addon::linux
