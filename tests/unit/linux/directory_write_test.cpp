#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "core/error.hpp"
#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;

namespace {
/// The caller's umask must have no say; this one would take everything away.
class HostileUmask {
 public:
  HostileUmask() : before_(umask(0777)) {}
  ~HostileUmask() { umask(before_); }
  HostileUmask(const HostileUmask&) = delete;
  HostileUmask& operator=(const HostileUmask&) = delete;

 private:
  mode_t before_;
};

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
}  // namespace

TEST_CASE("directories are made on the way, root's and 0755 whatever the umask") {
  NEEDS_ROOT();
  const Scratch scratch;
  const auto root = scratch.open();
  {
    const HostileUmask umask;
    const auto made = root->make_directories(at("opt/addons/x"));
    REQUIRE(message(made) == "");
    CHECK((*made)->path() == scratch / "opt/addons/x");
  }
  for (const std::string path : {"opt", "opt/addons", "opt/addons/x"}) CHECK(scratch.mode(path) == 0755);
  CHECK(root->make_directories(at("opt/addons/x")));
}

TEST_CASE("what is made below a set-group-ID directory is still root's") {
  NEEDS_ROOT();
  const Scratch scratch;
  REQUIRE(chown(scratch.path().c_str(), 0, 12345) == 0);
  REQUIRE(chmod(scratch.path().c_str(), 02755) == 0);
  const auto root = scratch.open();
  REQUIRE(root->make_directories(at("a")));
  REQUIRE(root->make_directory("b"));
  REQUIRE(root->create_file("c"));
  for (const std::string name : {"a", "b", "c"}) {
    const auto state = root->stat(at(name)).value();
    CHECK(state->gid == 0);
    CHECK((state->mode & 07000U) == 0);
  }
}

TEST_CASE("nothing is made below a directory that others could change") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.mkdir("shared", 0775);
  scratch.mkdir("sticky", 01777);
  scratch.mkdir("foreign");
  REQUIRE(chown((scratch / "foreign").c_str(), 1234, 0) == 0);
  const Scratch outside;
  scratch.link("link", outside.path());
  const auto root = scratch.open();
  CHECK(message(root->make_directories(at("shared/x"))) ==
        "cannot use directory " + (scratch / "shared") +
            ": its mode 0775 lets others than root write to it; run chmod go-w on it");
  CHECK(message(root->make_directories(at("foreign/x"))) ==
        "cannot use directory " + (scratch / "foreign") +
            ": it belongs to uid 1234, not to root; run chown root:root on it once you know why");
  CHECK(message(root->make_directories(at("link/x"))) ==
        "cannot open " + (scratch / "link") + ": it is a symbolic link, which addonctl never follows");
  CHECK(root->make_directories(at("sticky/x")));
  CHECK(outside.names().empty());
  CHECK_FALSE(scratch.exists("shared/x"));
  CHECK_FALSE(scratch.exists("foreign/x"));
}

TEST_CASE("new files and directories are closed to others until set, and never replace anything") {
  NEEDS_ROOT();
  const Scratch scratch;
  const Scratch outside;
  scratch.link("link", outside / "target");
  const auto root = scratch.open();
  {
    const HostileUmask umask;
    const auto file = root->create_file("file");
    REQUIRE(file);
    CHECK((*file)->write(bytes("text")));
    CHECK(scratch.mode("file") == 0600);
    CHECK((*file)->set_mode(0644));
    REQUIRE(root->make_directory("directory"));
  }
  CHECK(scratch.read("file") == "text");
  CHECK(scratch.mode("file") == 0644);
  CHECK(scratch.mode("directory") == 0700);
  CHECK(message(root->create_file("file")) == "cannot create " + (scratch / "file") + ": it exists already");
  CHECK(errno_of(root->create_file("link")) == EEXIST);
  CHECK(message(root->make_directory("directory")) ==
        "cannot make directory " + (scratch / "directory") + ": it exists already");
  CHECK_FALSE(root->make_symlink("link", "x"));
  CHECK(outside.names().empty());
}

TEST_CASE("a name is one entry of the directory and nothing else") {
  const Scratch scratch;
  scratch.mkdir("a");
  const auto root = scratch.open();
  for (const std::string_view name :
       {std::string_view("../x"), std::string_view("a/x"), std::string_view(".."), std::string_view("."),
        std::string_view(""), std::string_view("a\0b", 3)}) {
    CHECK_FALSE(root->create_file(name));
    CHECK_FALSE(root->make_directory(name));
    CHECK_FALSE(root->make_symlink(name, "x"));
    CHECK_FALSE(root->rename("a", name, host::RenameMode::replace));
    CHECK_FALSE(root->rename(name, "b", host::RenameMode::replace));
    CHECK_FALSE(root->remove_file(name));
    CHECK_FALSE(root->remove_directory(name));
    CHECK_FALSE(root->remove_tree(name));
  }
  CHECK(message(root->create_file("../x")) ==
        "cannot create \"../x\" in " + scratch.path() + ": it is not the name of one entry");
  CHECK(scratch.names() == std::vector<std::string>{"a"});
}

TEST_CASE("a rename replaces, refuses to, or exchanges") {
  const Scratch scratch;
  scratch.link("old", "one");
  scratch.link("new", "two");
  const auto root = scratch.open();
  const auto target = [&](const char* name) { return root->read_link(at(name)).value(); };

  const auto kept = root->rename("new", "old", host::RenameMode::no_replace);
  CHECK(message(kept) == "cannot rename " + (scratch / "new") + " to old: it exists already");
  CHECK(errno_of(kept) == EEXIST);
  CHECK(target("old") == "one");

  REQUIRE(root->rename("new", "old", host::RenameMode::exchange));
  CHECK(target("old") == "two");
  CHECK(target("new") == "one");

  REQUIRE(root->rename("new", "old", host::RenameMode::replace));
  CHECK(target("old") == "one");
  CHECK(scratch.names() == std::vector<std::string>{"old"});

  CHECK(message(root->rename("none", "x", host::RenameMode::replace)) ==
        "cannot rename " + (scratch / "none") + " to x: " + (scratch / "none") + " does not exist");
}

TEST_CASE("removing what is absent is no error, and a link is removed instead of its target") {
  const Scratch scratch;
  const Scratch outside;
  outside.write("target", "kept");
  scratch.link("link", outside / "target");
  scratch.mkdir("full");
  scratch.write("full/file", "");
  scratch.mkdir("empty");
  const auto root = scratch.open();
  CHECK(root->remove_file("none"));
  CHECK(root->remove_directory("none"));
  CHECK(root->remove_file("link"));
  CHECK(root->remove_directory("empty"));
  CHECK(errno_of(root->remove_directory("full")) == ENOTEMPTY);
  CHECK_FALSE(root->remove_file("full"));
  CHECK(scratch.names() == std::vector<std::string>{"full"});
  CHECK(outside.read("target") == "kept");
}

TEST_CASE("a directory's own mode can be set and its entries made durable") {
  const Scratch scratch;
  const auto root = scratch.open();
  CHECK(root->set_mode(0750));
  CHECK(scratch.mode(".") == 0750);
  CHECK(root->state().value().mode == 0750);
  CHECK(root->sync());
}

TEST_CASE("nothing is made in a directory that was removed meanwhile") {
  const auto root = Scratch().open();
  CHECK(errno_of(root->create_file("x")) == ENOENT);
  CHECK(errno_of(root->make_directory("x")) == ENOENT);
}

}  // namespace addon::linux
