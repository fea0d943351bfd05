#include "core/path.hpp"

#include <fmt/format.h>

#include <cassert>

#include "core/text.hpp"

namespace addon {
inline namespace core {

bool is_safe_segment(std::string_view text) {
  return !text.empty() && text.size() <= 255 && text != "." && text != ".." &&
         text.find_first_of("/\\") == std::string_view::npos && !has_control_character(text) && is_utf8(text);
}

namespace {
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> segments;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find('/', begin);
    segments.push_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return segments;
    begin = end + 1;
  }
}
}  // namespace

Result<RelativePath> RelativePath::parse(std::string_view text) {
  for (const std::string_view segment : split(text)) {
    if (!is_safe_segment(segment)) {
      return tl::unexpected(Error(
          fmt::format(
              "{} is not a path inside the bundle: use names separated by single '/', without a leading "
              "'/', '.', '..', '\\' or control characters",
              quoted(text)),
          ErrorKind::invalid));
    }
  }
  if (text.size() > 1024) {
    return tl::unexpected(
        Error(fmt::format("{} is longer than 1024 bytes", quoted(text)), ErrorKind::invalid));
  }
  return RelativePath(std::string(text));
}

RelativePath RelativePath::of(std::initializer_list<std::string_view> segments) {
  std::string text;
  for (const std::string_view segment : segments) {
    assert(is_safe_segment(segment));
    if (!text.empty()) text += '/';
    text += segment;
  }
  return RelativePath(std::move(text));
}

std::string_view RelativePath::name() const {
  const auto slash = text_.rfind('/');
  return slash == std::string::npos ? std::string_view(text_) : std::string_view(text_).substr(slash + 1);
}

std::vector<std::string_view> RelativePath::segments() const { return split(text_); }

RelativePath RelativePath::operator/(std::string_view segments) const {
  for ([[maybe_unused]] const std::string_view segment : split(segments)) assert(is_safe_segment(segment));
  return RelativePath(text_ + "/" + std::string(segments));
}

}  // namespace core
}  // namespace addon
