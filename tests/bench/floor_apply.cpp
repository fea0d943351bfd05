// floor_apply BUNDLES ROOT: installs every bundle below BUNDLES into ROOT/opt and ROOT/etc the
// shortest way that is still durable: copy, sync, set the capability, link, sync. The caller then
// asks systemd once. No checks, no plan, no hashing, no way back: this is what cannot be left out.
#include <fcntl.h>
#include <sys/capability.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace fs = std::filesystem;

namespace {

[[noreturn]] void die(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

void check(bool ok, const std::string& what) {
  if (!ok) die(what);
}

void copy(const fs::path& from, const fs::path& to, mode_t mode, bool grant) {
  const int in = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  const int out = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  check(in >= 0 && out >= 0, from);
  struct stat info {};
  check(::fstat(in, &info) == 0, from);
  for (off_t left = info.st_size; left > 0;) {
    const ssize_t sent = ::sendfile(out, in, nullptr, static_cast<std::size_t>(left));
    check(sent > 0, to);
    left -= sent;
  }
  check(::fchmod(out, mode) == 0, to);
  if (grant) {
    cap_t capabilities = cap_from_text("cap_net_raw=ep");
    check(cap_set_fd(out, capabilities) == 0, to);
    cap_free(capabilities);
  }
  check(::fsync(out) == 0, to);
  ::close(in);
  ::close(out);
}

void sync_directory(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  check(fd >= 0 && ::fsync(fd) == 0, path);
  ::close(fd);
}

void install(const fs::path& bundle, const fs::path& root) {
  const std::string id = bundle.filename();
  const fs::path addon = root / "opt/addons" / id;
  const fs::path version = addon / "versions/1.0.0";
  const fs::path units = root / "etc/systemd/system";
  fs::create_directories(version);
  for (const fs::directory_entry& file : fs::directory_iterator(bundle)) {
    const bool is_program = file.path().filename() == id;
    copy(file.path(), version / file.path().filename(), is_program ? 0750 : 0644, is_program);
    if (file.path().extension() == ".service") {
      const fs::path unit = units / file.path().filename();
      copy(file.path(), unit, 0644, false);
      check(
          ::symlink(unit.c_str(), (units / "multi-user.target.wants" / file.path().filename()).c_str()) == 0,
          unit);
    }
  }
  sync_directory(version);
  check(::symlink("versions/1.0.0", (addon / "current").c_str()) == 0, addon);
  sync_directory(addon);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: floor_apply BUNDLES ROOT\n", stderr);
    return 2;
  }
  const fs::path root = argv[2];
  fs::create_directories(root / "etc/systemd/system/multi-user.target.wants");
  for (const fs::directory_entry& bundle : fs::directory_iterator(argv[1])) install(bundle.path(), root);
  sync_directory(root / "etc/systemd/system");
  sync_directory(root / "etc/systemd/system/multi-user.target.wants");
  return 0;
}
