#include "linux/accounts.hpp"

#include <catch2/catch.hpp>

#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;

TEST_CASE("users of an offline root come from its own passwd") {
  const Scratch scratch;
  scratch.mkdir("etc");
  scratch.write("etc/passwd",
                "root:x:0:0:root:/root:/bin/sh\n"
                "broken line\n"
                "probe:x:4711:4712::/:/usr/sbin/nologin\n");
  const auto root = scratch.open();
  OfflineAccounts accounts(*root);
  const auto probe = accounts.find("probe").value();
  REQUIRE(probe.has_value());
  CHECK(probe->uid == 4711);
  CHECK(probe->gid == 4712);
  CHECK(accounts.find("root").value()->uid == 0);
  CHECK_FALSE(accounts.find("daemon").value().has_value());
  CHECK_FALSE(accounts.find("").value().has_value());
}

TEST_CASE("an offline root without a passwd has no users") {
  const Scratch scratch;
  const auto root = scratch.open();
  OfflineAccounts accounts(*root);
  CHECK_FALSE(accounts.find("root").value().has_value());
}

TEST_CASE("a passwd that is a symlink to the machine's own is refused") {
  const Scratch scratch;
  scratch.mkdir("etc");
  scratch.link("etc/passwd", "/etc/passwd");
  const auto root = scratch.open();
  OfflineAccounts accounts(*root);
  CHECK(message(accounts.find("root")) ==
        "cannot open " + (scratch / "etc/passwd") + ": it is a symbolic link, which addonctl never follows");
}

TEST_CASE("users of the running host are those of its passwd") {
  LiveAccounts accounts;
  const auto root = accounts.find("root").value();
  REQUIRE(root.has_value());
  CHECK(root->uid == 0);
  CHECK(root->gid == 0);
  CHECK_FALSE(accounts.find("no-such-user-here").value().has_value());
}

}  // namespace addon::linux
