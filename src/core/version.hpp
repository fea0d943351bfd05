#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace addon {
inline namespace core {

/// A version of an add-on, by Semantic Versioning 2.0.0. At most 128 characters; safe as one path
/// segment. Ordering is SemVer's precedence (build metadata ignored), ties broken by the text so
/// that it is total.
class Version {
 public:
  static Result<Version> parse(std::string_view text);

  const std::string& str() const { return text_; }
  /// Precedence by SemVer 2.0.0, item 11: equal for versions that differ in build metadata only.
  std::weak_ordering precedence(const Version& other) const;
  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return text_ == other.text_; }

 private:
  std::string text_;
  std::uint64_t major_ = 0;
  std::uint64_t minor_ = 0;
  std::uint64_t patch_ = 0;
  std::vector<std::string> prerelease_;
};

}  // namespace core
}  // namespace addon
