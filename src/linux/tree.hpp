#pragma once

#include <memory>
#include <string>

#include "core/unique_fd.hpp"
#include "host/directory.hpp"

namespace addon::linux {

/// host::Directory on an open descriptor (O_RDONLY, O_DIRECTORY). Private to this room: others
/// get one from linux/directory.hpp.
class Tree final : public host::Directory {
 public:
  Tree(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  int fd() const { return fd_.get(); }

  const std::string& path() const override { return path_; }
  Result<host::FileState> state() const override;
  Result<std::optional<host::FileState>> stat(const RelativePath& path) const override;
  Result<std::unique_ptr<host::Directory>> open_directory(const RelativePath& path) const override;
  Result<std::unique_ptr<host::Directory>> open_directory_if_present(const RelativePath& path) const override;
  Result<std::unique_ptr<host::File>> open_file(const RelativePath& path) const override;
  Result<std::string> read_file(const RelativePath& path, std::size_t limit) const override;
  Result<std::string> read_link(const RelativePath& path) const override;
  Result<std::vector<host::DirectoryEntry>> list() const override;
  Result<host::Contents> measure(std::uint64_t most) const override;

  Result<std::unique_ptr<host::Directory>> make_directories(const RelativePath& path) override;
  Result<std::unique_ptr<host::Directory>> make_directory(std::string_view name) override;
  Result<> set_owner(unsigned uid, unsigned gid) override;
  Result<> set_mode(unsigned mode) override;
  Result<std::unique_ptr<host::File>> create_file(std::string_view name) override;
  Result<std::unique_ptr<host::File>> append_file(std::string_view name) override;
  Result<bool> takes_capabilities() override;
  Result<std::uint64_t> free_bytes() const override;
  Result<> make_symlink(std::string_view name, const std::string& target) override;
  Result<> rename(std::string_view from, std::string_view to, host::RenameMode mode) override;
  Result<> move_here(host::Directory& from, std::string_view name, std::string_view to) override;
  Result<> remove_file(std::string_view name) override;
  Result<> remove_directory(std::string_view name) override;
  Result<> remove_tree(std::string_view name) override;
  Result<> remove_entries() override;
  Result<> sync() override;

 private:
  Error error(std::string_view doing, std::string_view relative, int errno_value) const;
  /// The name as a C string, once it is known to be one entry of this directory.
  Result<std::string> entry(std::string_view doing, std::string_view name) const;
  /// An error where an open directory is not one that root just made.
  Result<> check_fresh(int made, const std::string& name) const;
  /// A directory of this name that was just made: root's, of this mode.
  Result<std::unique_ptr<Tree>> adopt(const std::string& name, unsigned mode);
  /// The next step of make_directories.
  Result<std::unique_ptr<Tree>> enter_or_make(const std::string& name);

  UniqueFd fd_;
  std::string path_;
};

/// The descriptor of a directory that this room opened; an error for a Directory of other make.
Result<int> descriptor_of(const host::Directory& directory);

/// Entries of an open directory but "." and "..", in the directory's order. On failure the errno.
tl::expected<std::vector<host::DirectoryEntry>, int> entries_of(int directory);

}  // namespace addon::linux
