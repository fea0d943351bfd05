#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "executor/execute.hpp"
#include "executor/incoming.hpp"
#include "executor/prepare.hpp"
#include "executor/recover.hpp"
#include "policy/site_policy.hpp"
#include "support/fake_units.hpp"
#include "unit/executor/faults.hpp"
#include "unit/plan/sample.hpp"

/// These tests work on real files with real owners and capabilities: only root can.
#define NEEDS_ROOT()                                 \
  if (geteuid() != 0) {                              \
    WARN("skipped: this test needs to run as root"); \
    return;                                          \
  }

namespace addon::executor::test {

using plan::test::access_files;
using plan::test::Files;
using plan::test::probe_files;
using plan::test::relay_files;
using plan::test::scan_files;
using Lines = std::vector<std::string>;
/// Everything below a directory: path to type, mode, owner, links, target or digest, capabilities.
using Snapshot = std::map<std::string, std::string>;

Snapshot snapshot_of(const std::string& directory);
/// Entries that are in one of them only or differ, for messages.
Lines difference(const Snapshot& before, const Snapshot& after);
/// security.capability in hexadecimal, by getxattr(2); "" for none.
std::string raw_capabilities(const std::string& path);
/// What that is for cap_net_raw=ep: revision 2, effective, bit 13 permitted. capabilities(7).
inline const std::string kNetRaw = "0100000200200000000000000000000000000000";

/// A host in a directory of its own: real files and capabilities, a service manager that only
/// pretends. User "probe" is 990:991.
class Host {
 public:
  /// Below a new directory in `parent`. Most tests need no disk: thousands of fsyncs take their time.
  explicit Host(const std::string& parent = memory());
  /// A directory on a filesystem in memory where there is one with file capabilities, else /tmp.
  static std::string memory();
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Writes a bundle directory, over an earlier one of that name.
  void write_bundle(const std::string& name, const Files& files) const;
  std::string bundle_path(const std::string& name) const { return top_ + "/bundles/" + name; }
  std::string operator/(const std::string& path) const { return root_ + "/" + path; }

  static Request remove(std::initializer_list<const char*> ids);
  static Request rollback(const char* id);
  static Request rollback_host(std::optional<std::uint64_t> generation = std::nullopt);
  static Request repair();
  Request apply(std::initializer_list<const char*> bundles) const;
  /// The same of archives of these directories, which are packed, read and unpacked for it. What they were
  /// unpacked to stays, as if the run had been killed, unless it was moved or recover() removes it.
  Request apply_archives(std::initializer_list<const char*> bundles) const;

  Result<Prepared> prepare(const Request& request);
  /// prepare, approve, execute. With `faults`, execute meets them.
  Result<Outcome> run(const Request& request);
  Result<Outcome> execute(const Prepared& prepared);
  /// What the next run does first.
  Result<Recovery> recover();
  /// The same, where everything must go well.
  Outcome must(const Request& request);
  /// Writes the files as a bundle and applies it, where everything must go well.
  Outcome install(const std::string& name, const Files& files);

  /// What it is judged by, and whose signatures are believed.
  policy::SitePolicy& policy() { return policy_; }

  Snapshot snapshot() const { return snapshot_of(root_); }

  addon::test::FakeClock clock;
  addon::test::FakeUnits units;
  Faults faults;
  std::atomic<bool> interrupted = false;
  std::set<std::string> unknown_users;
  bool offline = false;
  std::string boot = "boot-1";
  host::Caller caller;
  std::vector<host::PackageDatabase*> packages;
  Lines progress;
  std::function<void(std::string_view)> on_progress;  ///< called with what is done next

 private:
  std::string top_;
  std::string root_;
  policy::SitePolicy policy_;
  mutable std::vector<std::shared_ptr<host::Directory>> roots_;  ///< what incoming_ works on
  mutable std::vector<std::unique_ptr<Incoming>> incoming_;
};

/// "RULE: message" of each finding.
Lines messages(const std::vector<Finding>& findings);
/// What went wrong, or "" .
template <class T>
std::string error_of(const Result<T>& result) {
  return result ? "" : result.error().message();
}
/// The kind of what went wrong; none for success.
template <class T>
std::optional<ErrorKind> kind_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().kind());
}

void write_file(const std::string& path, const std::string& bytes);
std::string read_file(const std::string& path);
bool exists(const std::string& path);
std::string link_of(const std::string& path);
Lines names_in(const std::string& directory);

}  // namespace addon::executor::test
