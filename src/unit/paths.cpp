#include "unit/paths.hpp"

namespace addon::unit {

namespace {
// Calls visit for every segment between slashes.
template <class Visit>
void for_each_segment(std::string_view path, Visit visit) {
  while (!path.empty()) {
    const auto slash = path.find('/');
    visit(path.substr(0, slash));
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}
}  // namespace

std::string simplify_path(std::string_view path) {
  const bool is_absolute = path.starts_with('/');
  std::string out;
  for_each_segment(path, [&](std::string_view segment) {
    if (segment.empty() || segment == ".") return;
    if (!out.empty() || is_absolute) out += '/';
    out += segment;
  });
  if (out.empty() && !path.empty()) out = is_absolute ? "/" : ".";
  return out;
}

bool is_absolute_and_normal(std::string_view path) {
  bool is_normal = path.starts_with('/');
  for_each_segment(path, [&](std::string_view segment) { is_normal = is_normal && segment != ".."; });
  return is_normal;
}

}  // namespace addon::unit
