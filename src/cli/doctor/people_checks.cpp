// Who may ask for what.
#include <fmt/format.h>

#include "cli/doctor/checks.hpp"
#include "core/text.hpp"
#include "linux/caller.hpp"

namespace addon::cli::doctor {

namespace {
constexpr std::string_view kAccounts = "accounts";
constexpr std::string_view kCaller = "caller";
constexpr const char* kReaders = "addonctl";
constexpr const char* kAdmins = "addonctl-admin";
constexpr const char* kParser = "addonctl-parse";

enum class Membership { member, outsider, unknown };

Membership membership(const Patient& patient, const char* group) {
  const auto gid = patient.session.ports().accounts.find_group(group);
  if (!gid) return Membership::unknown;
  if (!*gid) return Membership::outsider;
  const auto has = linux::has_group(**gid);
  if (!has) return Membership::unknown;
  return *has ? Membership::member : Membership::outsider;
}
}  // namespace

Checks accounts(const Patient& patient) {
  host::Accounts& known = patient.session.ports().accounts;
  std::vector<std::string> missing;
  for (const char* group : {kReaders, kAdmins}) {
    const auto found = known.find_group(group);
    if (!found) return {unseen(kAccounts, found.error())};
    if (!*found) missing.push_back(fmt::format("group {}", group));
  }
  const auto parser = known.find(kParser);
  if (!parser) return {unseen(kAccounts, parser.error())};
  if (!*parser) missing.push_back(fmt::format("user {}", kParser));
  if (missing.empty()) return {ok(kAccounts, "the executor's groups and its user are there")};
  const std::string root =
      patient.options.root.empty() ? "" : fmt::format(" --root={}", patient.options.root);
  return {warning(kAccounts,
                  fmt::format("there is no {}, which the executor needs to serve others than root",
                              join(missing, ", no ")),
                  fmt::format("systemd-sysusers{} addonctl.conf, or install the package addonctl", root))};
}

Checks caller(const Patient& patient) {
  if (patient.caller == As::root) return {ok(kCaller, "you are root and may do everything")};
  const host::Caller who = linux::read_caller();
  const std::string name = who.user.empty() ? fmt::format("uid {}", who.uid) : who.user;
  const std::string join_group = fmt::format("run it with sudo, or sudo usermod -aG {} {} and log in again",
                                             kAdmins, who.user.empty() ? "USER" : who.user);
  if (!patient.session.is_live()) {
    return {warning(kCaller, fmt::format("you are {}: what is below --root only root can change", name),
                    "run it with sudo")};
  }
  const Membership admin = membership(patient, kAdmins);
  const Membership reader = membership(patient, kReaders);
  if (admin == Membership::member)
    return {
        ok(kCaller, fmt::format("you are {}, in {}: you may ask the executor for changes", name, kAdmins))};
  if (admin == Membership::unknown || reader == Membership::unknown)
    return {unknown(kCaller, fmt::format("you are {}; your groups cannot be told", name))};
  if (reader == Membership::member) {
    return {warning(
        kCaller,
        fmt::format("you are {}, in {}: you may look, and change what polkit lets you", name, kReaders),
        join_group)};
  }
  return {warning(
      kCaller,
      fmt::format("you are {}, in neither {} nor {}: you cannot change this host", name, kReaders, kAdmins),
      join_group)};
}

}  // namespace addon::cli::doctor
