// Exchanges pairs of names, in random order, and exchanges them back after a random moment, until it has made
// COUNT exchanges: what somebody does who wants a program to look at one file and to use another.
//
//   fault_swap COUNT PATH OTHER [PATH OTHER]…
//
// Each pair is left as it was found. Prints how often an exchange worked. A name may be absent for a while,
// when the program renames it: that is no failure.
#include <fcntl.h>
#include <sys/prctl.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <vector>

namespace {
// A name in a directory that stays the same one when what leads to it is exchanged, too.
struct Place {
  explicit Place(const std::string& path)
      : directory(open(path.substr(0, path.rfind('/')).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
        name(path.substr(path.rfind('/') + 1)) {}
  int directory;
  std::string name;
};

struct Pair {
  Place one;
  Place other;
  bool is_swapped = false;
};

bool exchange(Pair& pair) {
  const Place& one = pair.one;
  const Place& other = pair.other;
  if (renameat2(one.directory, one.name.c_str(), other.directory, other.name.c_str(), RENAME_EXCHANGE) != 0) {
    return false;
  }
  pair.is_swapped = !pair.is_swapped;
  return true;
}

void wait(long nanoseconds) {
  const timespec moment{0, nanoseconds};
  nanosleep(&moment, nullptr);
}
}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || argc % 2 != 0) return 2;
  const long wanted = std::strtol(argv[1], nullptr, 10);
  std::vector<Pair> pairs;
  for (int i = 2; i + 1 < argc; i += 2) pairs.push_back({Place(argv[i]), Place(argv[i + 1])});

  prctl(PR_SET_TIMERSLACK, 1);  // else each wait is longer by 50 microseconds
  std::minstd_rand random(1);
  long done = 0;
  // Names that are gone for good must not keep it for ever.
  for (long tries = 0; done < wanted && tries < 20 * wanted; ++tries) {
    Pair& pair = pairs[random() % pairs.size()];
    if (exchange(pair)) ++done;
    wait(static_cast<long>(random() % 20000));
    if (pair.is_swapped && exchange(pair)) ++done;
    // As it should be for longer: the program gets further then.
    wait(static_cast<long>(random() % 200000));
  }
  for (Pair& pair : pairs) {
    for (int tries = 0; pair.is_swapped && tries < 100; ++tries) {
      if (!exchange(pair)) wait(1000000);
    }
  }
  std::printf("%ld\n", done);
  return done >= wanted ? 0 : 1;
}
