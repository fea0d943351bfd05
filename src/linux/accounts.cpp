#include "linux/accounts.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <cstdio>
#include <vector>

#include "core/text.hpp"

namespace addon::linux {

namespace {
constexpr std::size_t first_buffer = 4096;
constexpr std::size_t largest_buffer = 1U << 20U;
constexpr std::size_t largest_file = 16U << 20U;

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

/// The same in the text of a group file.
Result<std::optional<unsigned>> find_group_in(std::string& groups, const std::string& name) {
  if (groups.empty()) return std::nullopt;
  const std::unique_ptr<FILE, CloseFile> stream(fmemopen(groups.data(), groups.size(), "r"));
  if (!stream) return tl::unexpected(Error::from_errno(errno, "cannot read etc/group"));
  std::vector<char> buffer(largest_buffer);
  for (;;) {
    ::group entry{};
    ::group* found = nullptr;
    const int failure = fgetgrent_r(stream.get(), &entry, buffer.data(), buffer.size(), &found);
    if (failure == ENOENT) return std::nullopt;
    if (failure != 0) return tl::unexpected(Error::from_errno(failure, "cannot read etc/group"));
    if (found->gr_name == name) return found->gr_gid;
  }
}

/// The whole of a file of the root, read on first use; "" where there is none.
Result<> read_once(const host::Directory& root, const char* name, std::optional<std::string>& into) {
  if (into) return {};
  auto text = root.read_file(RelativePath::of({"etc", name}), largest_file);
  if (!text && text.error().errno_value() != ENOENT) return tl::unexpected(std::move(text).error());
  into = text.value_or("");
  return {};
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

Result<std::optional<unsigned>> LiveAccounts::find_group(const std::string& group) {
  for (std::size_t size = first_buffer; size <= largest_buffer; size *= 2) {
    std::vector<char> buffer(size);
    ::group entry{};
    ::group* found = nullptr;
    const int failure = getgrnam_r(group.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) return found->gr_gid;
    if (failure == 0 || failure == ENOENT || failure == ESRCH) return std::nullopt;
    if (failure != ERANGE && failure != EINTR) {
      return tl::unexpected(
          Error::from_errno(failure, fmt::format("cannot look up group {}", quoted(group))));
    }
  }
  return tl::unexpected(Error::from_errno(ERANGE, fmt::format("cannot look up group {}", quoted(group))));
}

Result<std::optional<host::Account>> OfflineAccounts::find(const std::string& user) {
  TRY(read_once(root_, "passwd", passwd_));
  return find_in(*passwd_, user);
}

Result<std::optional<unsigned>> OfflineAccounts::find_group(const std::string& group) {
  TRY(read_once(root_, "group", group_));
  return find_group_in(*group_, group);
}

}  // namespace addon::linux
