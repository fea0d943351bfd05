#include "unit/restrictions.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>

#include "core/text.hpp"
#include "unit/value_finding.hpp"
#include "unit/words.hpp"

namespace addon::unit {

namespace {
constexpr std::array<std::string_view, 10> implying_switches = {
    "LockPersonality",  "MemoryDenyWriteExecute", "PrivateDevices",       "ProtectClock",
    "ProtectHostname",  "ProtectKernelLogs",      "ProtectKernelModules", "ProtectKernelTunables",
    "RestrictRealtime", "RestrictSUIDSGID"};

constexpr std::array<std::string_view, 21> architectures = {
    "native",   "x86",    "x86-64",     "x32",      "arm",       "arm64",         "loongarch64",
    "mips",     "mips64", "mips64-n32", "mips-le",  "mips64-le", "mips64-le-n32", "parisc",
    "parisc64", "ppc",    "ppc64",      "ppc64-le", "riscv64",   "s390",          "s390x"};

// Those of systemd 252, as `systemd-analyze syscall-filter` lists them.
constexpr std::array<std::string_view, 29> call_groups = {
    "aio",         "basic-io",   "chown",    "clock",   "cpu-emulation", "debug",   "default",
    "file-system", "io-event",   "ipc",      "keyring", "known",         "memlock", "module",
    "mount",       "network-io", "obsolete", "pkey",    "privileged",    "process", "raw-io",
    "reboot",      "resources",  "setuid",   "signal",  "swap",          "sync",    "system-service",
    "timer"};

struct Family {
  std::string_view name;
  int number;
};
constexpr std::array families = {Family{"af_alg", AF_ALG},
                                 Family{"af_appletalk", AF_APPLETALK},
                                 Family{"af_ash", AF_ASH},
                                 Family{"af_atmpvc", AF_ATMPVC},
                                 Family{"af_atmsvc", AF_ATMSVC},
                                 Family{"af_ax25", AF_AX25},
                                 Family{"af_bluetooth", AF_BLUETOOTH},
                                 Family{"af_bridge", AF_BRIDGE},
                                 Family{"af_caif", AF_CAIF},
                                 Family{"af_can", AF_CAN},
                                 Family{"af_decnet", AF_DECnet},
                                 Family{"af_econet", AF_ECONET},
                                 Family{"af_file", AF_FILE},
                                 Family{"af_ib", AF_IB},
                                 Family{"af_ieee802154", AF_IEEE802154},
                                 Family{"af_inet", AF_INET},
                                 Family{"af_inet6", AF_INET6},
                                 Family{"af_ipx", AF_IPX},
                                 Family{"af_irda", AF_IRDA},
                                 Family{"af_isdn", AF_ISDN},
                                 Family{"af_iucv", AF_IUCV},
                                 Family{"af_kcm", AF_KCM},
                                 Family{"af_key", AF_KEY},
                                 Family{"af_llc", AF_LLC},
                                 Family{"af_local", AF_LOCAL},
                                 Family{"af_mctp", AF_MCTP},
                                 Family{"af_mpls", AF_MPLS},
                                 Family{"af_netbeui", AF_NETBEUI},
                                 Family{"af_netlink", AF_NETLINK},
                                 Family{"af_netrom", AF_NETROM},
                                 Family{"af_nfc", AF_NFC},
                                 Family{"af_packet", AF_PACKET},
                                 Family{"af_phonet", AF_PHONET},
                                 Family{"af_pppox", AF_PPPOX},
                                 Family{"af_qipcrtr", AF_QIPCRTR},
                                 Family{"af_rds", AF_RDS},
                                 Family{"af_rose", AF_ROSE},
                                 Family{"af_route", AF_ROUTE},
                                 Family{"af_rxrpc", AF_RXRPC},
                                 Family{"af_security", AF_SECURITY},
                                 Family{"af_smc", AF_SMC},
                                 Family{"af_sna", AF_SNA},
                                 Family{"af_tipc", AF_TIPC},
                                 Family{"af_unix", AF_UNIX},
                                 Family{"af_vsock", AF_VSOCK},
                                 Family{"af_wanpipe", AF_WANPIPE},
                                 Family{"af_x25", AF_X25},
                                 Family{"af_xdp", AF_XDP}};

constexpr std::array<std::string_view, 7> namespaces = {"cgroup", "ipc", "net", "mnt", "pid", "user", "uts"};

// What two spellings of one member have in common; nullopt and a finding for a word that systemd passes over.
using Member = std::optional<std::string>;
using ReadMember = std::function<Member(const Directive&, const std::string& word, std::vector<Finding>&)>;

Finding unknown_word(const Directive& directive, std::string_view word, std::string_view kind) {
  return value_finding(directive,
                       fmt::format("names {}, which is not {}; systemd ignores it", quoted(word), kind),
                       "correct the name or leave it out");
}

Member read_family(const Directive& directive, const std::string& word, std::vector<Finding>& findings) {
  const auto* found =
      std::find_if(families.begin(), families.end(),
                   [name = to_lower(word)](const Family& family) { return family.name == name; });
  if (found != families.end()) return std::to_string(found->number);
  findings.push_back(unknown_word(directive, word, "an address family"));
  return std::nullopt;
}

Member read_call(const Directive& directive, const std::string& word, std::vector<Finding>& findings) {
  const std::string name = word.substr(0, word.find(':'));
  if (!name.starts_with('@')) return name;
  if (std::find(call_groups.begin(), call_groups.end(), name.substr(1)) != call_groups.end()) return name;
  findings.push_back(unknown_word(directive, word, "a group of system calls"));
  return std::nullopt;
}

Member read_architecture(const Directive& directive, const std::string& word,
                         std::vector<Finding>& findings) {
  if (std::find(architectures.begin(), architectures.end(), word) != architectures.end()) return word;
  findings.push_back(unknown_word(directive, word, "an architecture"));
  return std::nullopt;
}

// A list that either allows or denies, which its first assignment decides; later ones of the other
// kind only take members away.
class Filter {
 public:
  explicit Filter(bool empty_word_none) : takes_none_(empty_word_none) {}

  void assign(const Directive& directive, Quotes quotes, const ReadMember& read,
              std::vector<Finding>& findings) {
    std::string_view value = directive.value;
    if (value.empty() || (takes_none_ && value == "none")) {
      decided_ = false;
      allows_ = !value.empty();
      members_.clear();
      return;
    }
    const bool inverted = value.starts_with('~');
    if (inverted) value.remove_prefix(1);
    if (!decided_) allows_ = !inverted;
    decided_ = true;
    WordReader words(value, Escapes::drop, quotes);
    WordReader::Status status = words.next();
    for (; status == WordReader::Status::word; status = words.next()) {
      const Member member = read(directive, words.word(), findings);
      if (!member) continue;
      if (allows_ != inverted) {
        members_.insert(*member);
      } else {
        members_.erase(*member);
      }
    }
    if (status == WordReader::Status::unbalanced) findings.push_back(unbalanced_finding(directive));
  }

  bool is_set() const { return allows_ || !members_.empty(); }

 private:
  bool takes_none_;
  bool decided_ = false;
  bool allows_ = false;
  std::set<std::string> members_;
};

struct FilterKey {
  std::string_view key;
  bool takes_none;
  Quotes quotes;
  Member (*read)(const Directive&, const std::string&, std::vector<Finding>&);
};
constexpr std::array<FilterKey, 3> filter_keys = {
    {{"RestrictAddressFamilies", true, Quotes::group, read_family},
     {"SystemCallFilter", false, Quotes::literal, read_call},
     {"SystemCallLog", false, Quotes::literal, read_call}}};

const Directive* last_if(bool is_set, const std::vector<const Directive*>& lines) {
  return is_set ? lines.back() : nullptr;
}

const Directive* find_filter(const UnitFile& unit, const FilterKey& key, std::vector<Finding>& findings) {
  Filter filter(key.takes_none);
  const auto lines = unit.all("Service", key.key);
  for (const Directive* line : lines) filter.assign(*line, key.quotes, key.read, findings);
  return last_if(filter.is_set(), lines);
}

const Directive* find_architectures(const UnitFile& unit, std::vector<Finding>& findings) {
  bool is_set = false;
  const auto lines = unit.all("Service", "SystemCallArchitectures");
  for (const Directive* line : lines) {
    if (line->value.empty()) is_set = false;
    WordReader words(line->value, Escapes::drop, Quotes::group);
    WordReader::Status status = words.next();
    for (; status == WordReader::Status::word; status = words.next()) {
      is_set = read_architecture(*line, words.word(), findings).has_value() || is_set;
    }
    if (status == WordReader::Status::unbalanced) findings.push_back(unbalanced_finding(*line));
  }
  return last_if(is_set, lines);
}

// As bits by their place in `namespaces`; nullopt for a list that systemd ignores as a whole.
std::optional<unsigned> read_kinds(const Directive& directive, std::string_view value,
                                   std::vector<Finding>& findings) {
  unsigned bits = 0;
  WordReader words(value, Escapes::drop, Quotes::literal);
  WordReader::Status status = words.next();
  for (; status == WordReader::Status::word; status = words.next()) {
    const auto* found = std::find(namespaces.begin(), namespaces.end(), words.word());
    if (found == namespaces.end()) {
      findings.push_back(
          value_finding(directive,
                        fmt::format("names {}, which is not a namespace; systemd ignores the whole line",
                                    quoted(words.word())),
                        fmt::format("write yes, no, or names of {}", fmt::join(namespaces, ", "))));
      return std::nullopt;
    }
    bits |= 1U << static_cast<unsigned>(found - namespaces.begin());
  }
  if (status != WordReader::Status::unbalanced) return bits;
  findings.push_back(unbalanced_finding(directive));
  return std::nullopt;
}

constexpr unsigned all_namespaces = (1U << namespaces.size()) - 1;

// By their place in `namespaces`.
unsigned allowed_namespaces(const UnitFile& unit, std::vector<Finding>& findings) {
  unsigned allowed = all_namespaces;
  bool is_default = true;  // which a first list replaces
  for (const Directive* line : unit.all("Service", "RestrictNamespaces")) {
    std::string_view value = line->value;
    if (value.empty()) {
      allowed = all_namespaces;
      is_default = true;
      continue;
    }
    if (const auto restricted = parse_boolean(value)) {
      allowed = *restricted ? 0 : all_namespaces;
      is_default = false;
      continue;
    }
    const bool inverted = value.starts_with('~');
    if (inverted) value.remove_prefix(1);
    const auto named = read_kinds(*line, value, findings);
    if (!named) continue;
    const unsigned before = is_default && !inverted ? 0 : allowed;
    allowed = inverted ? before & ~*named : before | *named;
    is_default = false;
  }
  return allowed;
}

const Directive* find_namespaces(const UnitFile& unit, std::vector<Finding>& findings) {
  const bool is_restricted = allowed_namespaces(unit, findings) != all_namespaces;
  return last_if(is_restricted, unit.all("Service", "RestrictNamespaces"));
}
}  // namespace

Stated<std::string> read_namespaces(const UnitFile& unit, std::vector<Finding>& findings) {
  const unsigned allowed = allowed_namespaces(unit, findings);
  const Directive* last = unit.last("Service", "RestrictNamespaces");
  const SourceSpan at = last == nullptr ? SourceSpan{unit.file} : last->at;
  if (allowed == all_namespaces) return {"no", at};
  if (allowed == 0) return {"yes", at};
  std::vector<std::string> kinds;
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    if (((allowed >> i) & 1U) != 0) kinds.emplace_back(namespaces[i]);
  }
  return {join(kinds, " "), at};
}

const Directive* find_implied_no_new_privileges(const UnitFile& unit, const Switches& switches,
                                                std::vector<Finding>& findings) {
  std::vector<const Directive*> lines;
  for (const std::string_view key : implying_switches) lines.push_back(turned_on_by(switches, key));
  for (const FilterKey& key : filter_keys) lines.push_back(find_filter(unit, key, findings));
  lines.push_back(find_architectures(unit, findings));
  lines.push_back(find_namespaces(unit, findings));
  lines.erase(std::remove(lines.begin(), lines.end(), nullptr), lines.end());
  // All of them point into unit.directives, so the least stands first.
  const auto first = std::min_element(lines.begin(), lines.end(), std::less<>());
  return first == lines.end() ? nullptr : *first;
}

}  // namespace addon::unit
