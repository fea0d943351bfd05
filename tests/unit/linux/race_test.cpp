#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <iostream>
#include <thread>

#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;

namespace {
constexpr int most_tries = 20'000;
constexpr std::chrono::seconds longest{2};

/// Puts a symlink to another directory where a directory was, and back, as fast as it can.
class Swapper {
 public:
  Swapper(std::string one, std::string other)
      : thread_([this, a = std::move(one), b = std::move(other)] {
          while (!stop_) {
            renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE);
            ++swaps_;
          }
        }) {}
  ~Swapper() {
    stop_ = true;
    thread_.join();
  }
  Swapper(const Swapper&) = delete;
  Swapper& operator=(const Swapper&) = delete;

  long swaps() const { return swaps_; }

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<long> swaps_ = 0;
  std::thread thread_;
};

/// Runs a step until enough was tried, and says how often.
template <class Step>
void race(const char* what, const Swapper& swapper, Step step) {
  const auto end = std::chrono::steady_clock::now() + longest;
  int tries = 0;
  int done = 0;
  for (; tries < most_tries && std::chrono::steady_clock::now() < end; ++tries) done += step() ? 1 : 0;
  std::cout << what << ": " << tries << " tries, " << done << " done, " << tries - done << " refused, "
            << swapper.swaps() << " swaps\n";
  // Both outcomes must have been seen, or nothing was raced.
  CHECK(done > 0);
  CHECK(done < tries);
}
}  // namespace

TEST_CASE("capabilities never land outside while a directory on the way is swapped for a symlink") {
  NEEDS_ROOT();
  const Scratch scratch;
  const Scratch outside;
  outside.write("binary", "outside", 0755);
  scratch.mkdir("versions");
  scratch.write("versions/binary", "inside", 0755);
  scratch.link("trap", outside.path());
  const auto root = scratch.open();
  const auto capabilities = host::permitted_and_effective({Capability::from_name("cap_net_raw").value()});
  const std::string victim = outside / "binary";
  int touched = 0;
  {
    const Swapper swapper(scratch / "versions", scratch / "trap");
    race("open_file and set_capabilities", swapper, [&] {
      const auto file = root->open_file(at("versions/binary"));
      const bool set = file && (*file)->set_capabilities(capabilities);
      if (getxattr(victim.c_str(), "security.capability", nullptr, 0) >= 0) ++touched;
      return set;
    });
  }
  CHECK(touched == 0);
}

TEST_CASE("remove_tree never empties what a directory was swapped for") {
  NEEDS_ROOT();
  const Scratch scratch;
  const Scratch outside;
  outside.write("file", "outside");
  const auto root = scratch.open();
  const auto is_link = [&](const char* name) { return std::filesystem::is_symlink(scratch / name); };
  int tries = 0;
  int directories = 0;
  int links = 0;
  int refused = 0;
  std::error_code ignored;  // the other thread may have been first
  {
    const Swapper swapper(scratch / "tree", scratch / "other");
    const auto end = std::chrono::steady_clock::now() + longest;
    for (; tries < most_tries && std::chrono::steady_clock::now() < end; ++tries) {
      // Whichever of the two is missing; the other thread needs both.
      for (const char* name : {"tree", "other"}) {
        if (scratch.exists(name)) continue;
        if (is_link(name[0] == 't' ? "other" : "tree")) {
          std::filesystem::create_directory(scratch / name, ignored);
        } else {
          std::filesystem::create_directory_symlink(outside.path(), scratch / name, ignored);
        }
      }
      const bool removed = root->remove_tree("tree").has_value();
      if (!removed) {
        ++refused;
      } else if (is_link("other") || is_link("tree")) {
        ++directories;
      } else {
        ++links;
      }
      if (!outside.exists("file")) break;
    }
    std::cout << "remove_tree: " << tries << " tries, " << directories << " directories removed, " << links
              << " links removed, " << refused << " refused, " << swapper.swaps() << " swaps\n";
  }
  CHECK(directories > 0);
  CHECK(links > 0);
  CHECK(outside.read("file") == "outside");
}

}  // namespace addon::linux
