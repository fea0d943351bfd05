// registry-watch: what an agent does with addonctl's registry. Says which add-ons come, change and go, and
// runs a command at each new state.
//
//   registry-watch [DIRECTORY [COMMAND ARGUMENT...]]
//
// DIRECTORY holds registry.json; default /var/lib/addonctl. The command gets the registry on its standard
// input. Ends with exit 1 when something cannot be read, or the command fails.
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>

namespace {

using Json = nlohmann::json;
using Entries = std::map<std::string, Json>;

constexpr unsigned kPauseMicroseconds = 200'000;

/// Nothing where there is no such file: nothing is active.
std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// By id. A registry of a later version may mean something else by the same words.
std::optional<Entries> parse(const std::string& text) {
  const Json registry = Json::parse(text, nullptr, false);
  if (!registry.is_object() || registry.value("schema", "") != "addonctl.registry/v1") return std::nullopt;
  Entries entries;
  for (const Json& entry : registry.value("addons", Json::array()))
    entries.emplace(entry.value("id", ""), entry);
  return entries;
}

void say(char sign, const Json& entry) {
  std::string binary = "no program";
  if (entry.contains("exec") && entry["exec"].is_object() &&
      entry["exec"].value("binary", Json()).is_string())
    binary = entry["exec"]["binary"].get<std::string>();
  std::printf("%c %s %s (%s): %s\n", sign, entry.value("id", "").c_str(), entry.value("version", "").c_str(),
              entry.value("supervision", "").c_str(), binary.c_str());
}

/// Entries are compared as a whole: whatever differs may matter to a program that runs.
void say_changes(const Entries& before, const Entries& after) {
  for (const auto& [id, entry] : before) {
    if (!after.contains(id)) say('-', entry);
  }
  for (const auto& [id, entry] : after) {
    const auto known = before.find(id);
    if (known == before.end()) say('+', entry);
    if (known != before.end() && known->second != entry) say('~', entry);
  }
  std::fflush(stdout);
}

void write_all(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = write(fd, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;  // the command reads no further
    done += static_cast<std::size_t>(count);
  }
}

bool run(char** command, const std::string& text) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[0], STDIN_FILENO);
    execvp(command[0], command);
    _exit(127);
  }
  close(ends[0]);
  if (child > 0) write_all(ends[1], text);
  close(ends[1]);
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/// A descriptor that becomes readable when registry.json may be another one. The file is replaced by
/// renaming, so it is its directory that is watched; a watch on the file would stay with the old one.
int watch(const std::string& directory) {
  const int fd = inotify_init1(IN_CLOEXEC);
  while (fd >= 0 && inotify_add_watch(fd, directory.c_str(), IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE) < 0) {
    if (errno != ENOENT) return -1;
    usleep(kPauseMicroseconds);  // before the first apply there is no directory
  }
  return fd;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string directory = argc > 1 ? argv[1] : "/var/lib/addonctl";
  char** command = argc > 2 ? argv + 2 : nullptr;
  const int events = watch(directory);
  if (events < 0) {
    std::fprintf(stderr, "registry-watch: cannot watch %s: %s\n", directory.c_str(), std::strerror(errno));
    return 1;
  }
  std::signal(SIGPIPE, SIG_IGN);
  Entries known;
  std::string last;
  // Look first, wait then: what happened before the watch was there has no event. Several changes may come as
  // one, and one as several; what counts is what the file says now.
  for (std::array<char, 65536> buffer{};;) {
    const std::string text = read_file(directory + "/registry.json").value_or("");
    if (text != last) {
      const auto entries = text.empty() ? Entries{} : parse(text);
      if (!entries) {
        std::fprintf(stderr, "registry-watch: %s/registry.json is none that I know\n", directory.c_str());
        return 1;
      }
      say_changes(known, *entries);
      known = *entries;
      last = text;
      if (command != nullptr && !run(command, text)) return 1;
      continue;
    }
    if (read(events, buffer.data(), buffer.size()) < 0 && errno != EINTR) return 1;
  }
}
