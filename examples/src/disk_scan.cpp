// disk-scan: says how full the root filesystem is, and ends.
#include <sys/statvfs.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

int main() {
  struct statvfs filesystem {};
  if (statvfs("/", &filesystem) != 0) {
    std::fprintf(stderr, "disk-scan: cannot look at /: %s\n", std::strerror(errno));
    return 1;
  }
  const unsigned long long block = filesystem.f_frsize;
  const unsigned long long total = block * filesystem.f_blocks;
  const unsigned long long available = block * filesystem.f_bavail;
  std::printf("disk-scan: %llu of %llu MiB of / are available\n", available >> 20U, total >> 20U);
  return 0;
}
