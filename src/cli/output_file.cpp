#include "cli/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "core/text.hpp"
#include "host/directory.hpp"

namespace addon::cli {

namespace {
constexpr mode_t kReadable = 0644;

Error stands_there(const std::string& path) {
  return Error(fmt::format("{} exists; name another file, or replace it with --force", quoted(path)),
               ErrorKind::usage);
}
}  // namespace

OutputFile::OutputFile(std::string path, Existing existing) : path_(std::move(path)), existing_(existing) {
  const std::filesystem::path named(path_);
  folder_ = named.has_parent_path() ? named.parent_path().string() : ".";
  name_ = named.filename().string();
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      folder_(std::move(other.folder_)),
      name_(std::move(other.name_)),
      temporary_(std::exchange(other.temporary_, "")),
      existing_(other.existing_),
      directory_(std::move(other.directory_)),
      file_(std::move(other.file_)) {}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) unlinkat(directory_.get(), temporary_.c_str(), 0);
}

Error OutputFile::cannot(std::string_view what) const {
  return Error::from_errno(errno, fmt::format("cannot {} {}", what, quoted(path_)));
}

Result<OutputFile> OutputFile::create(const std::string& path, Existing existing) {
  OutputFile made(path, existing);
  if (made.name_.empty()) {
    return tl::unexpected(Error(fmt::format("{} is no name for a file", quoted(path)), ErrorKind::usage));
  }
  made.directory_ = UniqueFd(open(made.folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!made.directory_) return tl::unexpected(made.cannot("write"));
  struct stat found {};
  const bool is_there = fstatat(made.directory_.get(), made.name_.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0;
  if (is_there && existing == Existing::refused) return tl::unexpected(stands_there(path));
  const std::string temporary = host::temporary_name(made.name_);
  unlinkat(made.directory_.get(), temporary.c_str(), 0);
  made.file_ = UniqueFd(openat(made.directory_.get(), temporary.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!made.file_) return tl::unexpected(made.cannot("write"));
  made.temporary_ = temporary;
  return made;
}

Result<> OutputFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file_.get(), bytes.data(), bytes.size());
    if (wrote < 0 && errno != EINTR) return tl::unexpected(cannot("write"));
    if (wrote > 0) bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return {};
}

std::string OutputFile::temporary_path() const { return folder_ + "/" + temporary_; }

Result<> OutputFile::keep() {
  if (fchmod(file_.get(), kReadable) != 0 || fsync(file_.get()) != 0) return tl::unexpected(cannot("write"));
  const unsigned flags = existing_ == Existing::refused ? RENAME_NOREPLACE : 0;
  if (renameat2(directory_.get(), temporary_.c_str(), directory_.get(), name_.c_str(), flags) != 0) {
    return tl::unexpected(errno == EEXIST ? stands_there(path_) : cannot("write"));
  }
  temporary_.clear();
  return fsync(directory_.get()) == 0 ? Result<>() : tl::unexpected(cannot("sync the folder of"));
}

}  // namespace addon::cli
