// Tries each file of a directory once, in the order of their names: what the fuzzers begin with, and what
// they found. FUZZ_TARGET DIRECTORY
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/property.hpp"

namespace fs = std::filesystem;

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(argv[1])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    // Said before it is tried: that may end this program.
    std::printf("%s\n", file.filename().c_str());
    std::fflush(stdout);
    std::ifstream stream(file, std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(stream), {}};
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  }
  return files.empty() ? EXIT_FAILURE : EXIT_SUCCESS;
}
