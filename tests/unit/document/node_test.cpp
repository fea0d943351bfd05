#include "document/node.hpp"

#include <catch2/catch.hpp>

#include "refusals.hpp"

using namespace addon::document;

TEST_CASE("a pointer leads to its node and the place of its key") {
  const Document document = parsed("a:\n  - x\n  - b/c: 1\n    d~e: 2\n");
  const Node& root = document.root;
  CHECK(locate(root, "").node == &root);
  CHECK(locate(root, "/a/0").node->text == "x");
  CHECK(locate(root, "/a/0").key_at.line == 2);
  CHECK(locate(root, "/a/1/b~1c").node->text == "1");
  CHECK(locate(root, "/a/1/d~0e").node->text == "2");
  CHECK(locate(root, "/a/1/d~0e").key_at.column == 5);
}

TEST_CASE("a pointer that leads nowhere gives the nearest ancestor") {
  const Document document = parsed("a: [1]\n");
  const Node& list = *document.root.find("a");
  CHECK(locate(document.root, "/a/1").node == &list);
  CHECK(locate(document.root, "/a/x").node == &list);
  CHECK(locate(document.root, "/a/-1/b").node == &list);
  CHECK(locate(document.root, "/a/0/b").node == &list.items[0]);
  CHECK(locate(document.root, "/b/c").node == &document.root);
}

TEST_CASE("pointers escape what RFC 6901 wants escaped") {
  CHECK(pointer_append("", "a/b~c") == "/a~1b~0c");
  CHECK(pointer_append("/x", "") == "/x/");
}
