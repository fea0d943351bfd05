#include "cli/plan_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "cli/read_text.hpp"
#include "core/text.hpp"
#include "core/unique_fd.hpp"
#include "host/directory.hpp"

namespace addon::cli {

namespace {
// One more than the reader of plans accepts, so that it is the one to refuse what is too large.
constexpr std::size_t kReadLimit = (std::size_t{64} << 20) + 1;
constexpr mode_t kMode = 0644;

Error cannot_save(const std::string& file) {
  return Error::from_errno(errno, fmt::format("cannot save the plan to {}", quoted(file)));
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(descriptor, bytes.data(), bytes.size());
    if (wrote < 0 && errno != EINTR) return false;
    if (wrote > 0) bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

bool fill(int descriptor, std::string_view bytes) {
  return write_all(descriptor, bytes) && fchmod(descriptor, kMode) == 0 && fsync(descriptor) == 0;
}
}  // namespace

Result<> write_plan_file(const std::string& file, const Json& plan) {
  const std::filesystem::path path(file);
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  const std::string name = path.filename().string();
  const std::string temporary = host::temporary_name(name);
  const std::string bytes = canonical(Json{{"plan", plan}}) + "\n";

  const UniqueFd directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return tl::unexpected(cannot_save(file));
  unlinkat(directory.get(), temporary.c_str(), 0);
  const UniqueFd made(
      openat(directory.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!made) return tl::unexpected(cannot_save(file));
  const bool saved = fill(made.get(), bytes) &&
                     renameat(directory.get(), temporary.c_str(), directory.get(), name.c_str()) == 0 &&
                     fsync(directory.get()) == 0;
  if (saved) return {};
  Error error = cannot_save(file);
  unlinkat(directory.get(), temporary.c_str(), 0);
  return tl::unexpected(std::move(error));
}

Result<plan::SavedPlan> read_plan_file(const std::string& file) {
  const auto text = read_text(file, kReadLimit);
  if (!text) {
    return tl::unexpected(
        Error::of({make_finding(rules::document_unreadable, text.error().message(), {file, 0, 0})}));
  }
  return plan::read_saved_plan(*text, file);
}

}  // namespace addon::cli
