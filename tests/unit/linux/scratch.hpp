#pragma once

#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/directory.hpp"

/// These tests work on real files with real owners: only root can.
#define NEEDS_ROOT()                                 \
  if (geteuid() != 0) {                              \
    WARN("skipped: this test needs to run as root"); \
    return;                                          \
  }

namespace addon::linux::test {

/// A directory of the test's own below /tmp, removed at its end. Everything here works by path,
/// unlike what is tested.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  /// The same directory through the port.
  std::unique_ptr<host::Directory> open() const;

  void mkdir(std::string_view name, unsigned mode = 0755) const;
  void write(std::string_view name, std::string_view bytes, unsigned mode = 0644) const;
  void link(std::string_view name, const std::string& target) const;
  std::string read(std::string_view name) const;
  unsigned mode(std::string_view name) const;
  bool exists(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  std::string path_;
};

RelativePath at(std::string_view path);

/// The error's message, or "" for success.
template <class T>
std::string message(const Result<T>& result) {
  return result ? "" : result.error().message();
}

template <class T>
int errno_of(const Result<T>& result) {
  return result ? 0 : result.error().errno_value();
}

/// Standard output of a program, looked up in PATH.
std::string output_of(const std::vector<std::string>& command);

/// What a child process that runs `body` exits with.
int in_child(const std::function<int()>& body);

}  // namespace addon::linux::test
