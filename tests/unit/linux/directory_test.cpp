#include "linux/directory.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;

TEST_CASE("a symlink at any depth is refused, named, and not followed") {
  const Scratch scratch;
  const Scratch outside;
  outside.mkdir("deep");
  outside.write("deep/file", "outside");
  scratch.mkdir("a");
  scratch.mkdir("a/b");
  scratch.link("first", outside.path());
  scratch.link("a/second", outside / "deep");
  scratch.link("a/b/third", outside / "deep/file");
  const auto root = scratch.open();
  const std::string why = "is a symbolic link, which addonctl never follows";

  const auto first = root->open_file(at("first/deep/file"));
  CHECK(message(first) ==
        "cannot open " + scratch.path() + "/first/deep/file: " + scratch.path() + "/first " + why);
  CHECK(errno_of(first) == ELOOP);
  CHECK(message(root->open_file(at("a/second/file"))) ==
        "cannot open " + scratch.path() + "/a/second/file: " + scratch.path() + "/a/second " + why);
  CHECK(message(root->open_file(at("a/b/third"))) ==
        "cannot open " + scratch.path() + "/a/b/third: it " + why);
  CHECK(message(root->open_directory(at("first"))) == "cannot open " + scratch.path() + "/first: it " + why);
  CHECK(errno_of(root->open_directory_if_present(at("a/second"))) == ELOOP);
  CHECK(message(root->stat(at("first/deep"))) ==
        "cannot look at " + scratch.path() + "/first/deep: " + scratch.path() + "/first " + why);
  CHECK(errno_of(root->read_link(at("first/deep/file"))) == ELOOP);
  CHECK(errno_of(root->read_file(at("a/second/file"), 100)) == ELOOP);
}

TEST_CASE("a symlink that stays inside is refused as well") {
  const Scratch scratch;
  scratch.mkdir("versions");
  scratch.write("versions/file", "inside");
  scratch.link("current", "versions");
  CHECK(errno_of(scratch.open()->open_file(at("current/file"))) == ELOOP);
}

TEST_CASE("magic links of procfs are refused") {
  const auto root = open_root("/");
  REQUIRE(root);
  CHECK(errno_of((*root)->open_directory(at("proc/self/root"))) == ELOOP);
  CHECK(errno_of((*root)->open_file(at("proc/self/exe"))) == ELOOP);
}

TEST_CASE("stat tells of the entry itself") {
  const Scratch scratch;
  scratch.mkdir("sub", 0751);
  scratch.write("sub/file", "four", 0640);
  scratch.link("sub/link", "/nowhere");
  REQUIRE(mkfifo((scratch / "sub/fifo").c_str(), 0600) == 0);
  REQUIRE(link((scratch / "sub/file").c_str(), (scratch / "sub/second").c_str()) == 0);
  const auto root = scratch.open();

  struct stat expected {};
  REQUIRE(::stat((scratch / "sub/file").c_str(), &expected) == 0);
  for (const bool by_name : {true, false}) {
    // One name and a path with parents are looked up in different ways.
    const auto sub = root->open_directory(at("sub"));
    REQUIRE(sub);
    const auto look = [&](const std::string& name) {
      const auto found = by_name ? (*sub)->stat(at(name)) : root->stat(at("sub/" + name));
      REQUIRE(message(found) == "");
      REQUIRE(found->has_value());
      return **found;
    };
    const host::FileState file = look("file");
    CHECK(file.type == host::FileType::regular);
    CHECK(file.mode == 0640);
    CHECK(file.uid == expected.st_uid);
    CHECK(file.gid == expected.st_gid);
    CHECK(file.links == 2);
    CHECK(file.identity.device == expected.st_dev);
    CHECK(file.identity.inode == expected.st_ino);
    CHECK(file.identity.size == 4);
    CHECK(file.identity.mtime_ns == expected.st_mtim.tv_sec * 1'000'000'000 + expected.st_mtim.tv_nsec);
    CHECK(file.identity.ctime_ns == expected.st_ctim.tv_sec * 1'000'000'000 + expected.st_ctim.tv_nsec);
    CHECK(look("link").type == host::FileType::symlink);
    CHECK(look("fifo").type == host::FileType::other);
  }
  const auto sub = root->stat(at("sub"));
  REQUIRE(sub);
  CHECK((*sub)->type == host::FileType::directory);
  CHECK((*sub)->mode == 0751);
}

TEST_CASE("what is absent is absent, at any depth, and a file on the way is an error") {
  const Scratch scratch;
  scratch.write("file", "");
  const auto root = scratch.open();
  CHECK(root->stat(at("none")).value() == std::nullopt);
  CHECK(root->stat(at("none/below/it")).value() == std::nullopt);
  CHECK(root->open_directory_if_present(at("none/below")).value() == nullptr);
  CHECK(message(root->open_directory(at("none"))) ==
        "cannot open " + scratch.path() + "/none: it does not exist");
  CHECK(message(root->stat(at("file/below"))) ==
        "cannot look at " + scratch.path() + "/file/below: " + scratch.path() + "/file is not a directory");
  CHECK(message(root->open_directory(at("file"))) ==
        "cannot open " + scratch.path() + "/file: it is not a directory");
}

TEST_CASE("only regular files are opened, and a fifo does not hang") {
  const Scratch scratch;
  scratch.mkdir("directory");
  REQUIRE(mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = scratch / "socket";
  std::memcpy(address.sun_path, name.c_str(), name.size());
  REQUIRE(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const auto root = scratch.open();
  for (const std::string kind : {"directory", "fifo", "socket"}) {
    CHECK(message(root->open_file(at(kind))) ==
          "cannot open " + scratch.path() + "/" + kind + ": it is not a regular file");
  }
  close(fd);
}

TEST_CASE("a file is read whole, and one over the limit not at all") {
  const Scratch scratch;
  const std::string text(100'000, 'x');
  scratch.write("file", text);
  scratch.write("empty", "");
  const auto root = scratch.open();
  CHECK(root->read_file(at("file"), text.size()).value() == text);
  CHECK(root->read_file(at("empty"), 0).value().empty());
  const auto over = root->read_file(at("file"), text.size() - 1);
  CHECK(message(over) == "cannot read " + scratch.path() + "/file: it is larger than 99999 bytes");
  CHECK(errno_of(over) == EFBIG);
}

TEST_CASE("files of procfs, which have no size, are read and limited too") {
  const auto root = open_root("/");
  REQUIRE(root);
  const std::string maps = (*root)->read_file(at("proc/kallsyms"), 64U << 20U).value();
  CHECK(maps.size() > 10'000);
  CHECK(maps.back() == '\n');
  CHECK(message((*root)->read_file(at("proc/kallsyms"), 9'000)) ==
        "cannot read /proc/kallsyms: it is larger than 9000 bytes");
}

TEST_CASE("a link's target is read as it is, and only of links") {
  const Scratch scratch;
  scratch.link("link", "versions/1.0.0");
  scratch.write("file", "");
  const auto root = scratch.open();
  CHECK(root->read_link(at("link")).value() == "versions/1.0.0");
  CHECK(message(root->read_link(at("file"))) ==
        "cannot read " + scratch.path() + "/file: it is not a symbolic link");
}

TEST_CASE("a listing is sorted, has every kind of entry and can be repeated") {
  const Scratch scratch;
  scratch.mkdir("b");
  scratch.write("c", "");
  scratch.link("a", "c");
  scratch.write("\xff\n odd", "");
  REQUIRE(mkfifo((scratch / "d").c_str(), 0600) == 0);
  const auto root = scratch.open();
  for (int round = 0; round < 2; ++round) {
    const auto entries = root->list().value();
    REQUIRE(entries.size() == 5);
    CHECK(entries[0].name == "a");
    CHECK(entries[0].type == host::FileType::symlink);
    CHECK(entries[1].name == "b");
    CHECK(entries[1].type == host::FileType::directory);
    CHECK(entries[2].type == host::FileType::regular);
    CHECK(entries[3].type == host::FileType::other);
    CHECK(entries[4].name == "\xff\n odd");
  }
}

TEST_CASE("the root directory is opened by an absolute path without symlinks") {
  const Scratch scratch;
  scratch.mkdir("real");
  scratch.mkdir("real/root");
  scratch.link("link", "real");
  CHECK(open_root("/").value()->path() == "/");
  CHECK(open_root((scratch / "real/root") + "//").value()->path() == scratch / "real/root");
  CHECK(message(open_root("relative")) ==
        "cannot use \"relative\" as the root directory: give an absolute path");
  CHECK(message(open_root(scratch / "link/root")) == "cannot open " + (scratch / "link/root") + ": " +
                                                         (scratch / "link") +
                                                         " is a symbolic link, which addonctl never follows");
  CHECK(message(open_root(scratch / "none")) == "cannot open " + (scratch / "none") + ": it does not exist");
  CHECK(open_root((scratch / "real") + "/../real/root"));
}

TEST_CASE("a directory that the caller names may be reached by links but not be one") {
  const Scratch scratch;
  scratch.mkdir("real");
  scratch.mkdir("real/bundle");
  scratch.write("real/file", "");
  scratch.link("link", "real");
  scratch.link("bundle-link", "real/bundle");
  CHECK(open_directory_path(scratch / "link/bundle").value()->path() == scratch / "link/bundle");
  CHECK(open_directory_path((scratch / "real/bundle") + "/"));
  const std::string refused =
      ": it is a symbolic link, which addonctl never follows; name the directory itself";
  CHECK(message(open_directory_path(scratch / "bundle-link")) ==
        "cannot open " + (scratch / "bundle-link") + refused);
  CHECK(message(open_directory_path((scratch / "bundle-link") + "/")) ==
        "cannot open " + (scratch / "bundle-link") + "/" + refused);
  CHECK(message(open_directory_path(scratch / "real/file")) ==
        "cannot open " + (scratch / "real/file") + ": it is not a directory");
  CHECK(errno_of(open_directory_path("")) == ENOENT);
}

TEST_CASE("a relative directory is shown by its absolute path") {
  const Scratch scratch;
  scratch.mkdir("bundle");
  const int exit = in_child([&] {
    if (chdir(scratch.path().c_str()) != 0) return 1;
    if (open_directory_path("bundle").value()->path() != scratch / "bundle") return 2;
    return open_directory_path(".").value()->path() == scratch.path() ? 0 : 3;
  });
  CHECK(exit == 0);
}

}  // namespace addon::linux
