#include "cli/session.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "linux/accounts.hpp"
#include "linux/directory.hpp"
#include "linux/offline_manager.hpp"
#include "linux/package_databases.hpp"
#include "linux/platform.hpp"
#include "linux/systemd_manager.hpp"

namespace addon::cli {

namespace {
// As it was given: only where no symlink is on the way does ".." mean what it does in a name.
Result<std::unique_ptr<host::Directory>> open_root_of(const GlobalOptions& options) {
  if (options.root.find("..") != std::string::npos) {
    std::error_code ignored;
    TRY(linux::open_root(std::filesystem::absolute(options.root, ignored).string()));
  }
  return linux::open_root(root_path(options));
}

Result<std::unique_ptr<host::Directory>> open_host(const GlobalOptions& options) {
  auto root = open_root_of(options);
  if (root || options.root.empty()) return root;
  const bool no_directory = root.error().errno_value() == ENOENT || root.error().errno_value() == ENOTDIR;
  Error error = std::move(root).error().with_context("--root");
  return tl::unexpected(no_directory ? std::move(error).with_kind(ErrorKind::usage) : std::move(error));
}
}  // namespace

std::string root_path(const GlobalOptions& options) {
  if (options.root.empty()) return "/";
  std::error_code ignored;
  std::string path = std::filesystem::absolute(options.root, ignored).lexically_normal().string();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

Session::Session(std::unique_ptr<host::Directory> root, std::unique_ptr<host::UnitManager> units,
                 std::unique_ptr<host::Accounts> accounts, const host::PlatformFacts& platform,
                 const Context& context)
    : root_(std::move(root)),
      units_(std::move(units)),
      accounts_(std::move(accounts)),
      programs_(context.desk.programs()),
      progress_(context.console, context.desk),
      ports_{*root_,
             *units_,
             *accounts_,
             *programs_,
             clock_,
             platform,
             progress_,
             nullptr,
             {},  // a directory that is prepared is no concern of this host's log
             units_->is_live() ? &journald_ : nullptr,
             {},
             context.desk.parser()} {
  packages_.push_back(linux::make_dpkg(*root_, root_->path(), tools_));
  packages_.push_back(linux::make_rpm(*root_, root_->path(), tools_));
  for (const auto& database : packages_) {
    if (database != nullptr) ports_.packages.push_back(database.get());
  }
}

Result<std::unique_ptr<Session>> Session::open(const Context& context) {
  const GlobalOptions& options = context.options;
  std::unique_ptr<host::Directory> root = TRY(open_host(options));
  const host::PlatformFacts platform = TRY(linux::read_platform(*root));
  std::unique_ptr<host::UnitManager> units;
  std::unique_ptr<host::Accounts> accounts;
  if (options.root.empty()) {
    units = std::make_unique<linux::SystemdManager>();
    accounts = std::make_unique<linux::LiveAccounts>();
  } else {
    units = std::make_unique<linux::OfflineManager>();
    accounts = std::make_unique<linux::OfflineAccounts>(*root);
  }
  return std::unique_ptr<Session>(
      new Session(std::move(root), std::move(units), std::move(accounts), platform, context));
}

std::string Session::path(std::string_view on_host) const {
  return root_->path() == "/" ? std::string(on_host) : root_->path() + std::string(on_host);
}

}  // namespace addon::cli
