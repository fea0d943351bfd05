#include "bundle/entry_names.hpp"

#include <fmt/format.h>
#include <unicase.h>
#include <uninorm.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "core/text.hpp"

namespace addon::bundle {

namespace {

struct FreeText {
  // NOLINTNEXTLINE(cppcoreguidelines-no-malloc): libunistring's results are malloc's
  void operator()(std::uint8_t* text) const { free(text); }
};

/// The same for all names that are caseless matches: Unicode, chapter 3, D145.
std::string folded(std::string_view name) {
  std::size_t size = 0;
  const std::unique_ptr<std::uint8_t, FreeText> text(u8_casefold(
      reinterpret_cast<const std::uint8_t*>(name.data()), name.size(), nullptr, UNINORM_NFD, nullptr, &size));
  if (text == nullptr) throw std::bad_alloc();  // the name is UTF-8
  return {reinterpret_cast<const char*>(text.get()), size};
}

bool has_segment(std::string_view name, std::string_view wanted) {
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == wanted) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

std::optional<std::string> why_unsafe(std::string_view name) {
  if (name.empty()) return "is no name";
  if (name.front() == '/') return "is an absolute path";
  if (has_segment(name, "..")) return "leads upwards: it has '..' in it";
  if (has_control_character(name)) return "has a control character in it";
  if (!is_utf8(name)) return "is not UTF-8";
  if (name.find('\\') != std::string_view::npos) return "has a '\\' in it";
  if (has_segment(name, ".") || has_segment(name, "")) return "is not written in its shortest form";
  if (!RelativePath::parse(name)) return "is not a safe file name";
  return std::nullopt;
}

std::optional<std::string> EntryNames::meet(std::string_view name, Kind kind, bool is_entry) {
  const auto [found, is_new] = known_.emplace(folded(name), Known{std::string(name), kind, is_entry});
  if (is_new) return std::nullopt;
  Known& known = found->second;
  if (known.name != name) {
    return fmt::format("{} and {} are the same name where case and composed letters do not count",
                       quoted(known.name), quoted(name));
  }
  if (known.kind != kind) return fmt::format("{} is a file and a directory", quoted(name));
  if (is_entry && known.is_entry) return fmt::format("{} stands in the archive twice", quoted(name));
  known.is_entry = known.is_entry || is_entry;
  return std::nullopt;
}

std::optional<std::string> EntryNames::add(const RelativePath& path, Kind kind) {
  const std::string_view name = path.str();
  for (std::size_t slash = name.find('/'); slash != std::string_view::npos;
       slash = name.find('/', slash + 1)) {
    if (auto why = meet(name.substr(0, slash), Kind::directory, false)) return why;
  }
  return meet(name, kind, true);
}

}  // namespace addon::bundle
