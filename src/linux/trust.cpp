#include "linux/trust.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <vector>

#include "core/text.hpp"
#include "linux/file.hpp"
#include "linux/resolve.hpp"
#include "linux/tree.hpp"

namespace addon::linux {

namespace {
enum class Position { above, last };

/// Why one component cannot be trusted, and what to do; "" when it can.
std::string distrust(const host::FileState& state, const std::string& path, Position position) {
  if (state.type == host::FileType::symlink) {
    return fmt::format("{} is a symbolic link, which addonctl never follows; name the place itself", path);
  }
  if (state.uid != 0) {
    return fmt::format("{} belongs to uid {}, not to root, so its owner could change it; run chown root {}",
                       path, state.uid, path);
  }
  const bool sticky = state.type == host::FileType::directory && (state.mode & S_ISVTX) != 0;
  if (state.writable_by_others() && !(sticky && position == Position::above)) {
    return fmt::format("{} may be written to by others than root (mode {:04o}); run chmod go-w {}", path,
                       state.mode, path);
  }
  return "";
}

/// One component that was opened and judged.
struct Place {
  UniqueFd fd;
  host::FileState state;
  std::string path;
};

/// Walks down from "/", judging each component by its descriptor before entering it.
class Walk {
 public:
  explicit Walk(std::string whole) : whole_(std::move(whole)) {}

  Result<> start(Position position) {
    at_.fd = UniqueFd(retry([] { return open("/", O_PATH | O_DIRECTORY | O_CLOEXEC); }));
    if (!at_.fd) return tl::unexpected(open_error("open", "/", errno));
    at_.path = "/";
    return judge(position);
  }

  /// `flags` are those of openat(2) for this component.
  Result<> enter(const std::string& name, int flags, Position position) {
    const bool was_shared = at_.state.writable_by_others();
    const std::string path = shown_path(at_.path, name);
    const int fd = retry([&] { return openat(at_.fd.get(), name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC); });
    if (fd < 0) return tl::unexpected(fail(path == printable(whole_) ? "" : path, errno));
    at_.fd = UniqueFd(fd);
    at_.path = path;
    TRY(judge(position));
    // In a sticky directory others can put a second name of a file of root's in this one's place.
    if (was_shared && at_.state.type == host::FileType::regular && at_.state.links != 1) {
      return tl::unexpected(untrusted(fmt::format(
          "{} has {} hard links in a directory that all may write to; copy it and remove the links", path,
          at_.state.links)));
    }
    return {};
  }

  Place take() && { return std::move(at_); }

 private:
  Result<> judge(Position position) {
    const auto state = state_at(at_.fd.get(), "");
    if (!state) return tl::unexpected(open_error("look at", at_.path, state.error()));
    at_.state = *state;
    if (const std::string reason = distrust(at_.state, at_.path, position); !reason.empty()) {
      return tl::unexpected(untrusted(reason));
    }
    return {};
  }

  Error untrusted(const std::string& reason) const {
    return refusal("trust", printable(whole_), reason, EPERM);
  }

  Error fail(const std::string& component, int errno_value) const {
    const std::string reason = explain(errno_value);
    return refusal("open", printable(whole_), component.empty() ? reason : component + ": " + reason,
                   errno_value);
  }

  std::string whole_;
  Place at_;
};

Result<std::vector<std::string>> components(const std::string& path) {
  std::vector<std::string> names;
  bool valid = path.starts_with('/') && path.find('\0') == std::string::npos;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string name = path.substr(begin, end - begin);
    if (name == "..") valid = false;
    if (!name.empty() && name != ".") names.push_back(name);
    begin = end + 1;
  }
  if (!valid) {
    return tl::unexpected(
        Error(fmt::format("cannot trust {}: give an absolute path without \"..\"", quoted(path)))
            .with_errno(EINVAL));
  }
  return names;
}

/// The last component, opened with `last_flags`; those above it with O_PATH.
Result<Place> walk(const std::string& path, int last_flags) {
  const std::vector<std::string> names = TRY(components(path));
  Walk walk(path);
  TRY(walk.start(names.empty() ? Position::last : Position::above));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    TRY(walk.enter(names[i], last ? last_flags : O_PATH, last ? Position::last : Position::above));
  }
  return std::move(walk).take();
}
}  // namespace

Result<> check_trusted(const std::string& path) {
  TRY(walk(path, O_PATH));
  return {};
}

Result<std::optional<std::string>> read_trusted_file(const std::string& path, std::size_t limit) {
  auto place = walk(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!place && place.error().errno_value() == ENOENT) return std::nullopt;
  if (!place) return tl::unexpected(std::move(place).error());
  if (place->state.type != host::FileType::regular) {
    return tl::unexpected(refusal("read", place->path, "it is not a regular file", EINVAL));
  }
  OpenFile file(std::move(place->fd), place->path);
  return read_all(file, place->path, limit);
}

Result<std::unique_ptr<host::Directory>> open_trusted_directory(const std::string& path) {
  auto place = walk(path, O_PATH);
  if (!place && place.error().errno_value() == ENOENT) return nullptr;
  if (!place) return tl::unexpected(std::move(place).error());
  if (place->state.type != host::FileType::directory) {
    return tl::unexpected(open_error("open", place->path, ENOTDIR));
  }
  auto fd = open_beneath(place->fd.get(), ".", O_RDONLY | O_DIRECTORY);
  if (!fd) return tl::unexpected(open_error("open", place->path, fd.error()));
  return std::make_unique<Tree>(std::move(*fd), place->path);
}

}  // namespace addon::linux
