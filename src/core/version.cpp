#include "core/version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "core/text.hpp"

namespace addon {
inline namespace core {

namespace {
constexpr std::size_t longest = 128;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_identifier_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}
bool is_numeric(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }
bool has_leading_zero(std::string_view number) { return number.size() > 1 && number.front() == '0'; }

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    parts.push_back(text.substr(0, dot));
    text.remove_prefix(dot + 1);
  }
  parts.push_back(text);
  return parts;
}

struct Parts {
  std::string_view core;
  std::optional<std::string_view> prerelease;
  std::optional<std::string_view> build;
};

// '+' is cut first: build metadata may have '-', a pre-release has no '+'.
Parts take_apart(std::string_view text) {
  Parts parts;
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    parts.build = text.substr(plus + 1);
    text = text.substr(0, plus);
  }
  if (const auto hyphen = text.find('-'); hyphen != std::string_view::npos) {
    parts.prerelease = text.substr(hyphen + 1);
    text = text.substr(0, hyphen);
  }
  parts.core = text;
  return parts;
}

bool are_identifiers(const std::vector<std::string_view>& parts) {
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), is_identifier_character);
  });
}

// Numbers may be longer than any integer type, so they are compared as text.
std::weak_ordering compare_identifiers(std::string_view a, std::string_view b) {
  if (is_numeric(a) != is_numeric(b)) {
    return is_numeric(a) ? std::weak_ordering::less : std::weak_ordering::greater;
  }
  if (is_numeric(a) && a.size() != b.size()) return a.size() <=> b.size();
  return a <=> b;
}
}  // namespace

Result<Version> Version::parse(std::string_view text) {
  const auto fail = [&](std::string_view why) {
    return tl::unexpected(
        Error(fmt::format("{} is not a version: {}", quoted(text), why), ErrorKind::invalid));
  };
  constexpr std::string_view leading_zero = "a number in it starts with a needless 0";
  if (text.size() > longest) return fail("it is longer than 128 characters");
  const Parts parts = take_apart(text);
  const std::vector<std::string_view> numbers = split(parts.core);
  const bool are_numbers = std::all_of(numbers.begin(), numbers.end(), [](std::string_view number) {
    return !number.empty() && is_numeric(number);
  });
  if (numbers.size() != 3 || !are_numbers) {
    return fail("use MAJOR.MINOR.PATCH, such as \"1.4.2\" or \"1.4.2-rc.1\" (Semantic Versioning 2.0.0)");
  }
  if (std::any_of(numbers.begin(), numbers.end(), has_leading_zero)) return fail(leading_zero);

  Version version;
  version.text_ = text;
  std::uint64_t* const fields[] = {&version.major_, &version.minor_, &version.patch_};
  for (std::size_t i = 0; i < std::size(fields); ++i) {
    const auto [end, error] =
        std::from_chars(numbers[i].data(), numbers[i].data() + numbers[i].size(), *fields[i]);
    if (error != std::errc()) return fail("a number in it is larger than 18446744073709551615");
  }
  if (parts.prerelease) {
    const std::vector<std::string_view> identifiers = split(*parts.prerelease);
    if (!are_identifiers(identifiers)) {
      return fail("after '-', use letters, digits and '-' in parts joined by single '.'");
    }
    for (const std::string_view identifier : identifiers) {
      if (is_numeric(identifier) && has_leading_zero(identifier)) return fail(leading_zero);
      version.prerelease_.emplace_back(identifier);
    }
  }
  if (parts.build && !are_identifiers(split(*parts.build))) {
    return fail("after '+', use letters, digits and '-' in parts joined by single '.'");
  }
  return version;
}

std::weak_ordering Version::precedence(const Version& other) const {
  if (const auto order = major_ <=> other.major_; std::is_neq(order)) return order;
  if (const auto order = minor_ <=> other.minor_; std::is_neq(order)) return order;
  if (const auto order = patch_ <=> other.patch_; std::is_neq(order)) return order;
  // A release comes after all of its pre-releases.
  if (prerelease_.empty() || other.prerelease_.empty())
    return prerelease_.empty() <=> other.prerelease_.empty();
  return std::lexicographical_compare_three_way(prerelease_.begin(), prerelease_.end(),
                                                other.prerelease_.begin(), other.prerelease_.end(),
                                                compare_identifiers);
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  const std::weak_ordering order = precedence(other);
  if (std::is_lt(order)) return std::strong_ordering::less;
  if (std::is_gt(order)) return std::strong_ordering::greater;
  return text_ <=> other.text_;
}

}  // namespace core
}  // namespace addon
