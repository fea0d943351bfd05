#include <cstdio>
#include <string>
#include <vector>

#include "cli/app.hpp"
#include "core/error.hpp"
#include "linux/process.hpp"

int main(int argc, char** argv) {
  // The caller's environment must not steer what root does; an ordinary user's own is their own.
  if (addon::linux::runs_as_root()) {
    if (const auto hardened = addon::linux::harden_process(); !hardened) {
      static_cast<void>(std::fprintf(stderr, "error: %s\n", hardened.error().message().c_str()));
      return static_cast<int>(addon::ErrorKind::failed);
    }
  }
  return addon::cli::run(std::vector<std::string>(argv + 1, argv + argc), stdout, stderr);
}
