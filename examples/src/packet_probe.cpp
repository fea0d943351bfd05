// packet-probe: opens a raw ICMP socket, says what it got, and stays up.
//
// raw(7): only a process with CAP_NET_RAW may open one. Exits 1 when it may not.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

int main() {
  const int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
  if (fd < 0) {
    std::fprintf(stderr, "packet-probe: cannot open a raw ICMP socket: %s\n", std::strerror(errno));
    return 1;
  }
  std::printf("packet-probe: raw ICMP socket is descriptor %d, uid %u\n", fd,
              static_cast<unsigned>(getuid()));
  std::fflush(stdout);
  while (true) pause();
}
