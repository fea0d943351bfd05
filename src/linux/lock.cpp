#include "linux/lock.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "core/duration.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "linux/file.hpp"
#include "linux/resolve.hpp"
#include "linux/tree.hpp"

namespace addon::linux {

namespace {
using std::chrono::system_clock;

constexpr std::size_t largest_record = 4096;

std::string timestamp(system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(system_clock::to_time_t(time)));
}

std::optional<system_clock::time_point> parse_timestamp(const std::string& text) {
  std::tm time{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return system_clock::from_time_t(timegm(&time));
}

Error locked(UniqueFd fd, const std::string& path, const host::Clock& clock) {
  OpenFile file(std::move(fd), path);
  const auto text = read_all(file, path, largest_record);
  // Empty for the moment between a holder's locking and its writing.
  const std::string who = text ? holder_in(*text, clock) : "";
  return Error(fmt::format("another transaction holds the lock {}: {}; wait until it has ended", path,
                           who.empty() ? "its process has not written down yet who it is" : who),
               ErrorKind::locked)
      .with_errno(EWOULDBLOCK);
}

Result<> record_holder(int fd, const std::string& path, std::string_view verb, const host::Clock& clock) {
  const Json record = {{"pid", getpid()}, {"verb", verb}, {"since", timestamp(clock.now())}};
  const std::string line = canonical(record) + "\n";
  if (ftruncate(fd, 0) != 0 ||
      retry([&] { return pwrite(fd, line.data(), line.size(), 0); }) != static_cast<ssize_t>(line.size())) {
    return tl::unexpected(open_error("write", path, errno));
  }
  return {};
}
}  // namespace

std::string holder_in(const std::string& text, const host::Clock& clock) {
  const auto record = parse_json(trim(text), "lock");
  if (!record || !record->is_object() || !record->contains("pid") || !record->at("pid").is_number_integer()) {
    return "";
  }
  const auto word = [&](const char* key) {
    return record->contains(key) && record->at(key).is_string() ? record->at(key).get<std::string>()
                                                                : std::string();
  };
  std::string shown =
      fmt::format("pid {} ({})", record->at("pid").get<std::int64_t>(), printable(word("verb")));
  if (const auto since = parse_timestamp(word("since"))) {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(clock.now() - *since);
    shown +=
        fmt::format(", for {}", to_string(std::chrono::milliseconds(std::max(age, std::chrono::seconds(0)))));
  }
  return shown;
}

Result<HostLock> HostLock::try_lock(host::Directory& root, std::string_view verb, const host::Clock& clock) {
  const auto directory =
      TRY_CONTEXT("cannot take the lock", root.make_directories(RelativePath::of({"run", "addonctl"})));
  const std::string path = shown_path(directory->path(), "lock");
  // 0600: whoever can open the file could hold the lock on it.
  auto fd = open_beneath(TRY(descriptor_of(*directory)), "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
  if (!fd) return tl::unexpected(open_error("open the lock", path, fd.error()));
  const auto state = state_at(fd->get(), "");
  if (!state) return tl::unexpected(open_error("open the lock", path, state.error()));
  if (state->type != host::FileType::regular) {
    return tl::unexpected(refusal("open the lock", path, "it is not a regular file; remove it", EINVAL));
  }
  if (retry([&] { return flock(fd->get(), LOCK_EX | LOCK_NB); }) != 0) {
    if (errno == EWOULDBLOCK) return tl::unexpected(locked(std::move(*fd), path, clock));
    return tl::unexpected(open_error("lock", path, errno));
  }
  TRY(record_holder(fd->get(), path, verb, clock));
  return HostLock(std::move(*fd));
}

}  // namespace addon::linux
