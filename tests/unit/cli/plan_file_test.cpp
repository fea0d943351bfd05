#include "cli/plan_file.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "cli/read_text.hpp"
#include "unit/cli/temporary_directory.hpp"

namespace addon::cli {

TEST_CASE("a saved plan is canonical JSON with a line feed that all may read") {
  const TemporaryDirectory directory;
  const std::string file = directory / "p.plan";
  REQUIRE(write_plan_file(file, Json{{"verb", "apply"}, {"digest", "x"}}));
  CHECK(read_text(file, 1000).value() == "{\"plan\":{\"digest\":\"x\",\"verb\":\"apply\"}}\n");
  struct stat state {};
  REQUIRE(stat(file.c_str(), &state) == 0);
  CHECK((state.st_mode & 07777) == 0644);
}

TEST_CASE("saving replaces a symlink and leaves what it pointed at alone") {
  const TemporaryDirectory directory;
  const std::string victim = directory.write("victim", "untouched");
  std::filesystem::create_symlink(victim, directory / "p.plan");
  REQUIRE(write_plan_file(directory / "p.plan", Json::object()));
  CHECK(read_text(victim, 1000).value() == "untouched");
  CHECK_FALSE(std::filesystem::is_symlink(directory / "p.plan"));
}

TEST_CASE("a failed save says where, and leaves nothing behind") {
  const TemporaryDirectory directory;
  const std::string file = directory.make("p.plan");
  const auto saved = write_plan_file(file, Json::object());
  REQUIRE_FALSE(saved);
  CHECK(saved.error().message() == "cannot save the plan to \"" + file + "\": Is a directory");
  CHECK(std::distance(std::filesystem::directory_iterator(directory / "."),
                      std::filesystem::directory_iterator()) == 1);
}

TEST_CASE("only regular files are read, and no more of them than was asked for") {
  const TemporaryDirectory directory;
  CHECK(read_text(directory.write("a", "0123456789"), 4).value() == "0123");
  CHECK(read_text(directory.write("b", ""), 4).value().empty());
  REQUIRE(mkfifo((directory / "fifo").c_str(), 0600) == 0);
  const auto fifo = read_text(directory / "fifo", 4);
  REQUIRE_FALSE(fifo);
  CHECK(fifo.error().message() == "cannot read \"" + (directory / "fifo") + "\": it is not a regular file");
  CHECK_FALSE(read_text(directory / ".", 4));
  CHECK(read_text(directory / "absent", 4).error().message() ==
        "cannot read \"" + (directory / "absent") + "\": it does not exist");
  // A file of /proc says that it has no bytes.
  CHECK(read_text("/proc/self/status", 100).value().size() == 100);
}

}  // namespace addon::cli
