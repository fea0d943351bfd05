#include "unit/accounts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "unit/siphash.hpp"
#include "unit/specifiers.hpp"
#include "unit/value_finding.hpp"
#include "unit/words.hpp"

namespace addon::unit {

namespace {
constexpr std::string_view digits = "0123456789";

bool is_all(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

// Decimal, no leading zero, and neither of the two numbers that mean "no user" (-1 as 16 and 32 bits).
bool is_account_number(std::string_view text) {
  constexpr std::size_t longest = 10;
  if (!is_all(text, digits) || text.size() > longest || (text.size() > 1 && text.front() == '0'))
    return false;
  std::uint64_t value = 0;
  for (const char c : text) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value < 0xffffffffU && value != 0xffffU;
}

// The strict rules: what systemd would itself name an account.
bool is_good_account_name(std::string_view text) {
  constexpr std::size_t longest = 31;
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  if (text.empty() || text.size() > longest || letters.find(text.front()) == std::string_view::npos)
    return false;
  return is_all(text, std::string(letters).append(digits).append("-"));
}

// Nothing when it is sound.
std::string fault_of(const Resolved& account) {
  if (!account.left.empty()) return "has a specifier, and who that is cannot be told from the unit alone";
  if (!account.refused.empty()) return "has an unknown specifier; systemd would not load the unit";
  if (!is_account_name(account.text)) return "is not a user or group name; systemd would not load the unit";
  return {};
}
}  // namespace

bool is_account_name(std::string_view text) {
  if (text.empty() || text == "." || text == ".." || !is_utf8(text) || has_control_character(text))
    return false;
  if (is_all(text, digits)) return is_account_number(text);
  if (text.front() == ' ' || text.back() == ' ' || text.find_first_of(":/") != std::string_view::npos)
    return false;
  return !(text.front() == '-' && is_all(text.substr(1), digits));
}

std::string dynamic_user_name(const FullName& name) {
  constexpr SipHashKey key = {0x58, 0x1a, 0xaf, 0xe6, 0x28, 0x58, 0x4e, 0x96,
                              0xb4, 0x4e, 0xf5, 0x3b, 0x8c, 0x92, 0x07, 0xec};
  const std::string_view prefix = name.prefix();
  if (is_good_account_name(prefix)) return std::string(prefix);
  return fmt::format("_du{:016x}", siphash24(prefix, key));
}

Stated<std::string> read_account(const UnitFile& unit, const FullName& name, std::string_view key,
                                 std::vector<Finding>& findings) {
  Stated<std::string> account{"", {unit.file}};
  for (const Directive* directive : unit.all("Service", key)) {
    const Resolved resolved = resolve_specifiers(directive->value, name);
    const std::string fault = directive->value.empty() ? "" : fault_of(resolved);
    if (fault.empty()) {
      account = {resolved.text, directive->at};
    } else {
      findings.push_back(value_finding(*directive, fault, "write the name out"));
    }
  }
  return account;
}

Stated<std::vector<std::string>> read_groups(const UnitFile& unit, const FullName& name,
                                             std::vector<Finding>& findings) {
  Stated<std::vector<std::string>> groups{{}, {unit.file}};
  for (const Directive* directive : unit.all("Service", "SupplementaryGroups")) {
    groups.at = directive->at;
    if (directive->value.empty()) groups.value.clear();
    WordReader words(directive->value, Escapes::drop, Quotes::literal);
    WordReader::Status status = words.next();
    for (; status == WordReader::Status::word; status = words.next()) {
      const Resolved resolved = resolve_specifiers(words.word(), name);
      const std::string fault = fault_of(resolved);
      if (fault.empty()) {
        groups.value.push_back(resolved.text);
      } else {
        findings.push_back(value_finding(*directive,
                                         fmt::format("names {}, which {}", quoted(words.word()), fault),
                                         "write the name out"));
      }
    }
    if (status == WordReader::Status::unbalanced) findings.push_back(unbalanced_finding(*directive));
  }
  return groups;
}

}  // namespace addon::unit
