#include "executor/trusted_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/text.hpp"

namespace addon::executor {

namespace {

enum class Kind { directory, file };

Result<> judge_place(const host::FileState& state, const std::string& path, Kind kind) {
  const auto distrust = [&](std::string why) {
    return tl::unexpected(
        Error(fmt::format("cannot trust {}: {}", printable(path), std::move(why))).with_errno(EPERM));
  };
  const bool is_right =
      state.type == (kind == Kind::file ? host::FileType::regular : host::FileType::directory);
  if (state.type == host::FileType::symlink)
    return distrust("it is a symbolic link, which addonctl never follows");
  if (!is_right) return distrust(kind == Kind::file ? "it is not a regular file" : "it is not a directory");
  if (state.uid != 0)
    return distrust(fmt::format("it belongs to uid {}, not to root; run chown root {}", state.uid, path));
  if (state.writable_by_others()) {
    return distrust(fmt::format("it may be written to by others than root (mode {:04o}); run chmod go-w {}",
                                state.mode, path));
  }
  return {};
}

Result<std::string> read_whole(host::File& file, const std::string& path, std::size_t limit) {
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    const std::size_t got = TRY(file.read(std::as_writable_bytes(std::span(buffer))));
    if (got == 0) return text;
    text.append(buffer.data(), got);
    if (text.size() > limit) {
      return tl::unexpected(Error(fmt::format("{} is larger than {}", printable(path), size_text(limit))));
    }
  }
}

}  // namespace

Result<std::optional<std::string>> read_trusted_text(const host::Directory& root, const RelativePath& path,
                                                     std::size_t limit) {
  const std::vector<std::string_view> segments = path.segments();
  std::unique_ptr<host::Directory> directory;
  std::string shown = root.path() == "/" ? "" : root.path();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const host::Directory& at = directory != nullptr ? *directory : root;
    const RelativePath name = RelativePath::of({std::string(segments[i])});
    shown += "/" + name.str();
    const bool is_last = i + 1 == segments.size();
    const auto state = TRY(at.stat(name));
    if (!state) return std::nullopt;
    TRY(judge_place(*state, shown, is_last ? Kind::file : Kind::directory));
    if (is_last) break;
    auto next = TRY(at.open_directory(name));
    TRY(judge_place(TRY(next->state()), shown, Kind::directory));
    directory = std::move(next);
  }
  const host::Directory& at = directory != nullptr ? *directory : root;
  const auto file = TRY(at.open_file(RelativePath::of({std::string(segments.back())})));
  TRY(judge_place(TRY(file->state()), shown, Kind::file));
  return TRY(read_whole(*file, shown, limit));
}

}  // namespace addon::executor
