#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace addon {
inline namespace core {

/// Whether text may be one name in a directory that root writes to: 1 to 255 bytes of UTF-8,
/// not "." or "..", no '/', no '\', no control character.
bool is_safe_segment(std::string_view text);

/// A path below some directory: one or more safe segments joined by '/'. It can neither be
/// absolute nor lead out of the directory it is used in.
class RelativePath {
 public:
  static Result<RelativePath> parse(std::string_view text);

  /// For paths made of words that are safe by their type: RelativePath::of({"opt", "addons", id.str()}).
  /// Asserts that each segment is safe.
  static RelativePath of(std::initializer_list<std::string_view> segments);

  const std::string& str() const { return text_; }
  std::string_view name() const;  ///< the last segment
  std::vector<std::string_view> segments() const;
  RelativePath operator/(std::string_view segments) const;  ///< asserts that they are safe
  auto operator<=>(const RelativePath&) const = default;

 private:
  explicit RelativePath(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace core
}  // namespace addon
