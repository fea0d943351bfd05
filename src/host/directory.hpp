#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/capability.hpp"
#include "core/digest.hpp"
#include "core/path.hpp"
#include "core/result.hpp"

namespace addon::host {

enum class FileType { regular, directory, symlink, other };

/// What tells whether a file is still the one that was hashed: nobody but root can set ctime back.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;

  auto operator<=>(const FileIdentity&) const = default;
};

/// Of the inode itself, never of what a symlink points at.
struct FileState {
  FileType type = FileType::other;
  unsigned mode = 0;  ///< permission, set-id and sticky bits (07777)
  unsigned uid = 0;
  unsigned gid = 0;
  std::uint64_t links = 1;
  FileIdentity identity;

  /// Whether its group or others may write to it.
  bool writable_by_others() const { return (mode & 0022U) != 0; }
};

/// File capabilities as bits, whatever text or revision they were written in. capabilities(7).
struct FileCapabilities {
  CapabilitySet permitted;
  CapabilitySet inheritable;
  bool effective = false;
  std::uint64_t unknown_bits = 0;  ///< permitted or inheritable bits that this program has no name for
  unsigned root_uid = 0;           ///< of a revision 3 attribute; 0 otherwise

  bool empty() const { return permitted.empty() && inheritable.empty() && unknown_bits == 0; }
  bool operator==(const FileCapabilities&) const = default;
};

/// "=ep" for what this program writes, other forms spelt out: "cap_net_raw=p". "" when empty.
std::string to_string(const FileCapabilities& capabilities);
/// What this program writes for a set: permitted and effective.
FileCapabilities permitted_and_effective(CapabilitySet set);

/// An open regular file. Every operation is on its descriptor.
class File {
 public:
  virtual ~File() = default;
  /// Up to buffer.size() bytes from the current position; 0 at the end.
  virtual Result<std::size_t> read(std::span<std::byte> buffer) = 0;
  /// All of it, or an error.
  virtual Result<> write(std::span<const std::byte> bytes) = 0;
  virtual Result<FileState> state() const = 0;
  virtual Result<FileCapabilities> capabilities() const = 0;
  /// Names of extended attributes that carry rights or data (all but the security label):
  /// xattr(7), without security.selinux, security.SMACK64*, security.apparmor, security.ima, security.evm.
  virtual Result<std::vector<std::string>> attributes() const = 0;
  virtual Result<> set_owner(unsigned uid, unsigned gid) = 0;
  virtual Result<> set_mode(unsigned mode) = 0;
  /// Sets or, when empty, removes the file's capabilities, by libcap. The file must be regular
  /// and have one link (capabilities belong to the inode, whoever links it).
  virtual Result<> set_capabilities(const FileCapabilities& capabilities) = 0;
  /// Cuts it off behind so many bytes.
  virtual Result<> truncate(std::uint64_t size) = 0;
  virtual Result<> sync() = 0;
};

enum class RenameMode { replace, no_replace, exchange };

struct DirectoryEntry {
  std::string name;  ///< as the directory has it, any bytes
  FileType type = FileType::other;
};

/// What is in a directory, at any depth.
struct Contents {
  std::uint64_t files = 0;  ///< all but directories; links are counted, not followed
  std::uint64_t directories = 0;
  std::uint64_t bytes = 0;  ///< of regular files, as long as they are
  std::vector<std::string>
      first;                  ///< names of a few of its own entries, sorted, any bytes; "/" after directories
  std::uint64_t entries = 0;  ///< how many of its own entries there are
  std::string mount;          ///< one that is mounted in it; "" where nothing is

  bool operator==(const Contents&) const = default;
};

/// An open directory. Paths are resolved beneath it by openat2(2) with RESOLVE_BENEATH,
/// RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS: a symlink anywhere on the way is an error
/// (errno ELOOP) that says so, never followed. Const member functions change nothing.
class Directory {
 public:
  virtual ~Directory() = default;

  /// For messages only: the absolute path it was opened by.
  virtual const std::string& path() const = 0;
  virtual Result<FileState> state() const = 0;
  /// Of the entry itself; nullopt when it, or a directory on the way, is absent.
  virtual Result<std::optional<FileState>> stat(const RelativePath& path) const = 0;
  virtual Result<std::unique_ptr<Directory>> open_directory(const RelativePath& path) const = 0;
  /// As open_directory, but null when it, or a directory on the way, is absent.
  virtual Result<std::unique_ptr<Directory>> open_directory_if_present(const RelativePath& path) const = 0;
  /// Opens a regular file for reading; anything else is an error (a fifo never blocks).
  virtual Result<std::unique_ptr<File>> open_file(const RelativePath& path) const = 0;
  /// The whole of a regular file; over `limit` bytes is an error.
  virtual Result<std::string> read_file(const RelativePath& path, std::size_t limit) const = 0;
  virtual Result<std::string> read_link(const RelativePath& path) const = 0;
  /// All entries but "." and "..", sorted by name.
  virtual Result<std::vector<DirectoryEntry>> list() const = 0;
  /// Counts what is in it, following nothing and crossing no mount. With `most` it stops looking once it
  /// has met so many entries.
  virtual Result<Contents> measure(std::uint64_t most) const = 0;

  /// Opens the directory, making it and those on the way as needed: root's, 0755, each synced into
  /// its parent. One that exists must be root's and not writable by group or others.
  virtual Result<std::unique_ptr<Directory>> make_directories(const RelativePath& path) = 0;
  /// A new directory of this name, root's, mode 0700 until set. It must not exist. What is returned is empty
  /// and was made by root: also where somebody else may write here, and put another one in its place.
  virtual Result<std::unique_ptr<Directory>> make_directory(std::string_view name) = 0;
  virtual Result<> set_owner(unsigned uid, unsigned gid) = 0;
  virtual Result<> set_mode(unsigned mode) = 0;
  /// A new file of this name, root's, mode 0600 until set. It must not exist.
  virtual Result<std::unique_ptr<File>> create_file(std::string_view name) = 0;
  /// A regular file, to write at its end; made as by create_file where there is none. One that is there must
  /// be root's and not writable by others.
  virtual Result<std::unique_ptr<File>> append_file(std::string_view name) = 0;
  /// Whether a file in it can be given capabilities, by doing so: to a file without a name, which is
  /// gone at once. True where this filesystem has no such files, so that nothing was learnt.
  virtual Result<bool> takes_capabilities() = 0;
  /// What root can still write to its filesystem. fstatvfs(3)
  virtual Result<std::uint64_t> free_bytes() const = 0;
  virtual Result<> make_symlink(std::string_view name, const std::string& target) = 0;
  virtual Result<> rename(std::string_view from, std::string_view to, RenameMode mode) = 0;
  /// Moves an entry of another directory here, under a name that must be free. On another filesystem than
  /// this one's it cannot be (errno EXDEV), and stays.
  virtual Result<> move_here(Directory& from, std::string_view name, std::string_view to) = 0;
  /// Removes a file or symlink; absent is no error.
  virtual Result<> remove_file(std::string_view name) = 0;
  /// Removes an empty directory; absent is no error, non-empty is (ENOTEMPTY).
  virtual Result<> remove_directory(std::string_view name) = 0;
  /// Removes whatever is there, following nothing and crossing no mount. Absent is no error.
  virtual Result<> remove_tree(std::string_view name) = 0;
  /// The same of all that is in it.
  virtual Result<> remove_entries() = 0;
  /// Makes the directory's entries durable.
  virtual Result<> sync() = 0;
};

/// The name that write_durably gives its temporary file beside `name`: ".addonctl-new-" and 16
/// hexadecimal digits, always the same for one name, so that what a killed run left is found again.
std::string temporary_name(std::string_view name);

/// The one home of durable writes: temporary file beside it, write, owner root, mode, fsync, rename
/// over `name`, fsync of the directory. After a crash the old or the new bytes stand there, whole;
/// what a killed write left is removed first.
Result<> write_durably(Directory& directory, std::string_view name, std::string_view bytes, unsigned mode);

/// Hashes a file from its current position to its end.
Result<Digest> hash_file(File& file);

}  // namespace addon::host
