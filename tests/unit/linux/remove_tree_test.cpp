#include <sys/mount.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;

TEST_CASE("a tree goes with all that is in it, and what its links point at stays") {
  const Scratch scratch;
  const Scratch outside;
  outside.mkdir("directory");
  outside.write("directory/file", "kept", 0640);
  scratch.mkdir("tree");
  scratch.mkdir("tree/locked");
  scratch.mkdir("tree/locked/deep");
  scratch.write("tree/locked/deep/file", "");
  scratch.write("tree/locked/\xff\n\"odd", "");
  scratch.link("tree/to-file", outside / "directory/file");
  scratch.link("tree/locked/to-directory", outside / "directory");
  scratch.link("tree/locked/deep/to-root", "/");
  REQUIRE(mkfifo((scratch / "tree/fifo").c_str(), 0600) == 0);
  REQUIRE(link((outside / "directory/file").c_str(), (scratch / "tree/hard").c_str()) == 0);
  REQUIRE(chmod((scratch / "tree/locked").c_str(), 0500) == 0);
  scratch.write("neighbour", "kept");

  const auto root = scratch.open();
  REQUIRE(message(root->remove_tree("tree")) == "");
  CHECK(scratch.names() == std::vector<std::string>{"neighbour"});
  CHECK(outside.read("directory/file") == "kept");
  CHECK(outside.mode("directory/file") == 0640);
}

TEST_CASE("remove_tree takes files, links and nothing") {
  const Scratch scratch;
  const Scratch outside;
  outside.write("file", "kept");
  scratch.write("file", "");
  scratch.link("link", outside.path());
  const auto root = scratch.open();
  CHECK(root->remove_tree("file"));
  CHECK(root->remove_tree("link"));
  CHECK(root->remove_tree("none"));
  CHECK(scratch.names().empty());
  CHECK(outside.read("file") == "kept");
}

TEST_CASE("a tree as deep as a bundle's longest path is removed, and one deeper than that refused") {
  const Scratch scratch;
  const auto root = scratch.open();
  const auto dig = [&](int depth) {
    auto deepest = root->make_directory("d").value();
    for (int i = 1; i < depth; ++i) deepest = deepest->make_directory("d").value();
  };
  dig(512);
  CHECK(message(root->remove_tree("d")) == "");
  CHECK(scratch.names().empty());

  dig(605);
  const std::string text = message(root->remove_tree("d"));
  CHECK(text.starts_with("cannot remove " + scratch.path() + "/d/d/d/"));
  CHECK(text.ends_with("/d: it is nested more than 600 directories deep"));
}

TEST_CASE("a mount point inside a tree is not crossed") {
  NEEDS_ROOT();
  const Scratch scratch;
  const Scratch outside;
  outside.write("file", "kept");
  scratch.mkdir("tree");
  scratch.mkdir("tree/mounted");
  if (mount(outside.path().c_str(), (scratch / "tree/mounted").c_str(), nullptr, MS_BIND, nullptr) != 0) {
    WARN("skipped: this machine lets nobody mount");
    return;
  }
  const auto removed = scratch.open()->remove_tree("tree");
  CHECK(umount2((scratch / "tree/mounted").c_str(), MNT_DETACH) == 0);
  CHECK(message(removed) == "cannot remove " + (scratch / "tree/mounted") +
                                ": it is a mount point, which addonctl does not cross; unmount it first");
  CHECK(outside.read("file") == "kept");
}

TEST_CASE("what is absent is no error on a read-only filesystem either, and what is there is one") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.mkdir("mounted");
  if (mount("tmpfs", (scratch / "mounted").c_str(), "tmpfs", 0, "size=64k,mode=755") != 0) {
    WARN("skipped: this machine lets nobody mount");
    return;
  }
  scratch.mkdir("mounted/directory");
  scratch.write("mounted/file", "kept");
  REQUIRE(mount(nullptr, (scratch / "mounted").c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0);
  const auto mounted = scratch.open()->open_directory(at("mounted")).value();
  CHECK(mounted->remove_file("none"));
  CHECK(mounted->remove_directory("none"));
  CHECK(mounted->remove_tree("none"));
  CHECK(message(mounted->remove_file("file")) ==
        "cannot remove " + (scratch / "mounted/file") + ": its filesystem is mounted read-only");
  CHECK(errno_of(mounted->remove_directory("directory")) == EROFS);
  CHECK(errno_of(mounted->remove_tree("directory")) == EROFS);
  CHECK(umount2((scratch / "mounted").c_str(), MNT_DETACH) == 0);
}

}  // namespace addon::linux
