#include "unit/executor/faults.hpp"

#include <cerrno>
#include <utility>

namespace addon::executor::test {

void Faults::survive() {
  if (on_call) on_call();
  if (!kill_at || (*kill_at)-- > 0) return;
  kill_at.reset();
  throw Killed{};
}

Result<> Faults::meet(const std::string& call) {
  survive();
  calls.push_back(call);
  if (!fail_at) return {};
  if (*fail_at > 0) {
    --*fail_at;
    return {};
  }
  if (!for_good) fail_at = std::exchange(then_fail_at, std::nullopt);
  return tl::unexpected(Error::from_errno(ENOSPC, call));
}

namespace {

class FaultyFile final : public host::File {
 public:
  FaultyFile(std::unique_ptr<host::File> file, Faults& faults) : file_(std::move(file)), faults_(faults) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    TRY(faults_.meet("read"));
    return file_->read(buffer);
  }
  Result<> write(std::span<const std::byte> bytes) override {
    TRY(faults_.meet("write"));
    return file_->write(bytes);
  }
  Result<host::FileState> state() const override {
    TRY(faults_.meet("fstat"));
    return file_->state();
  }
  Result<host::FileCapabilities> capabilities() const override {
    TRY(faults_.meet("get capabilities"));
    return file_->capabilities();
  }
  Result<std::vector<std::string>> attributes() const override { return file_->attributes(); }
  Result<> set_owner(unsigned uid, unsigned gid) override {
    TRY(faults_.meet("chown"));
    return file_->set_owner(uid, gid);
  }
  Result<> set_mode(unsigned mode) override {
    TRY(faults_.meet("chmod"));
    return file_->set_mode(mode);
  }
  Result<> set_capabilities(const host::FileCapabilities& capabilities) override {
    if (faults_.fails_after_effect) TRY(file_->set_capabilities(capabilities));
    TRY(faults_.meet("set capabilities"));
    return file_->set_capabilities(capabilities);
  }
  Result<> truncate(std::uint64_t size) override {
    TRY(faults_.meet("truncate"));
    return file_->truncate(size);
  }
  Result<> sync() override {
    TRY(faults_.meet("fsync"));
    return file_->sync();
  }

 private:
  std::unique_ptr<host::File> file_;
  Faults& faults_;
};

class FaultyDirectory final : public host::Directory {
 public:
  FaultyDirectory(std::unique_ptr<host::Directory> directory, Faults& faults)
      : directory_(std::move(directory)), faults_(faults) {}

  const std::string& path() const override { return directory_->path(); }
  Result<host::FileState> state() const override { return directory_->state(); }
  Result<std::optional<host::FileState>> stat(const RelativePath& path) const override {
    TRY(faults_.meet("stat"));
    return directory_->stat(path);
  }
  Result<std::unique_ptr<host::Directory>> open_directory(const RelativePath& path) const override {
    TRY(faults_.meet("open directory"));
    return wrap(directory_->open_directory(path));
  }
  Result<std::unique_ptr<host::Directory>> open_directory_if_present(
      const RelativePath& path) const override {
    TRY(faults_.meet("open directory"));
    return wrap(directory_->open_directory_if_present(path));
  }
  Result<std::unique_ptr<host::File>> open_file(const RelativePath& path) const override {
    TRY(faults_.meet("open"));
    return wrap(directory_->open_file(path));
  }
  Result<std::string> read_file(const RelativePath& path, std::size_t limit) const override {
    TRY(faults_.meet("read file"));
    return directory_->read_file(path, limit);
  }
  Result<std::string> read_link(const RelativePath& path) const override {
    TRY(faults_.meet("readlink"));
    return directory_->read_link(path);
  }
  Result<std::vector<host::DirectoryEntry>> list() const override { return directory_->list(); }
  Result<host::Contents> measure(std::uint64_t most) const override { return directory_->measure(most); }

  Result<std::unique_ptr<host::Directory>> make_directories(const RelativePath& path) override {
    // It may have made some of them before it failed.
    if (faults_.fails_after_effect) TRY(directory_->make_directories(path));
    TRY(faults_.meet("make directories"));
    return wrap(directory_->make_directories(path));
  }
  Result<std::unique_ptr<host::Directory>> make_directory(std::string_view name) override {
    TRY(faults_.meet("mkdir"));
    return wrap(directory_->make_directory(name));
  }
  Result<> set_owner(unsigned uid, unsigned gid) override {
    TRY(faults_.meet("chown"));
    return directory_->set_owner(uid, gid);
  }
  Result<> set_mode(unsigned mode) override {
    TRY(faults_.meet("chmod"));
    return directory_->set_mode(mode);
  }
  Result<std::unique_ptr<host::File>> create_file(std::string_view name) override {
    TRY(faults_.meet("create"));
    return wrap(directory_->create_file(name));
  }
  Result<std::unique_ptr<host::File>> append_file(std::string_view name) override {
    TRY(faults_.meet("append"));
    return wrap(directory_->append_file(name));
  }
  Result<bool> takes_capabilities() override { return directory_->takes_capabilities(); }
  Result<std::uint64_t> free_bytes() const override { return directory_->free_bytes(); }
  Result<> make_symlink(std::string_view name, const std::string& target) override {
    TRY(faults_.meet("symlink"));
    return directory_->make_symlink(name, target);
  }
  Result<> rename(std::string_view from, std::string_view to, host::RenameMode mode) override {
    TRY(faults_.meet("rename"));
    return directory_->rename(from, to, mode);
  }
  Result<> move_here(host::Directory& from, std::string_view name, std::string_view to) override {
    TRY(faults_.meet("move"));
    auto* faulty = dynamic_cast<FaultyDirectory*>(&from);
    return directory_->move_here(faulty == nullptr ? from : *faulty->directory_, name, to);
  }
  Result<> remove_file(std::string_view name) override {
    TRY(faults_.meet("unlink"));
    return directory_->remove_file(name);
  }
  Result<> remove_directory(std::string_view name) override {
    TRY(faults_.meet("rmdir"));
    return directory_->remove_directory(name);
  }
  Result<> remove_tree(std::string_view name) override {
    TRY(faults_.meet("remove tree"));
    return directory_->remove_tree(name);
  }
  Result<> remove_entries() override {
    TRY(faults_.meet("remove tree"));
    return directory_->remove_entries();
  }
  Result<> sync() override {
    TRY(faults_.meet("fsync directory"));
    return directory_->sync();
  }

 private:
  Result<std::unique_ptr<host::Directory>> wrap(Result<std::unique_ptr<host::Directory>> opened) const {
    if (!opened || *opened == nullptr) return opened;
    return std::make_unique<FaultyDirectory>(std::move(*opened), faults_);
  }
  Result<std::unique_ptr<host::File>> wrap(Result<std::unique_ptr<host::File>> opened) const {
    if (!opened) return opened;
    return std::make_unique<FaultyFile>(std::move(*opened), faults_);
  }

  std::unique_ptr<host::Directory> directory_;
  Faults& faults_;
};

}  // namespace

std::unique_ptr<host::Directory> with_faults(std::unique_ptr<host::Directory> directory, Faults& faults) {
  return std::make_unique<FaultyDirectory>(std::move(directory), faults);
}

}  // namespace addon::executor::test
