#include "unit/linux/scratch.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "linux/directory.hpp"

namespace addon::linux::test {

namespace fs = std::filesystem;

Scratch::Scratch() : path_("/tmp/addonctl-test-XXXXXX") { REQUIRE(mkdtemp(path_.data()) != nullptr); }

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::unique_ptr<host::Directory> Scratch::open() const {
  auto directory = open_root(path_);
  REQUIRE(message(directory) == "");
  return std::move(*directory);
}

void Scratch::mkdir(std::string_view name, unsigned mode) const {
  const std::string path = *this / name;
  REQUIRE(::mkdir(path.c_str(), 0700) == 0);
  REQUIRE(chmod(path.c_str(), mode) == 0);
}

void Scratch::write(std::string_view name, std::string_view bytes, unsigned mode) const {
  const std::string path = *this / name;
  std::ofstream(path, std::ios::binary) << bytes;
  REQUIRE(chmod(path.c_str(), mode) == 0);
}

void Scratch::link(std::string_view name, const std::string& target) const {
  REQUIRE(symlink(target.c_str(), (*this / name).c_str()) == 0);
}

std::string Scratch::read(std::string_view name) const {
  std::ostringstream text;
  text << std::ifstream(*this / name, std::ios::binary).rdbuf();
  return text.str();
}

unsigned Scratch::mode(std::string_view name) const {
  struct stat state {};
  REQUIRE(lstat((*this / name).c_str(), &state) == 0);
  return state.st_mode & 07777U;
}

bool Scratch::exists(std::string_view name) const {
  struct stat state {};
  return lstat((*this / name).c_str(), &state) == 0;
}

std::vector<std::string> Scratch::names() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

RelativePath at(std::string_view path) {
  auto parsed = RelativePath::parse(path);
  REQUIRE(message(parsed) == "");
  return *parsed;
}

std::string output_of(const std::vector<std::string>& command) {
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    dup2(ends[1], STDOUT_FILENO);
    execvp(words[0], words.data());
    _exit(127);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  return text;
}

int in_child(const std::function<int()>& body) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(body());
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace addon::linux::test
