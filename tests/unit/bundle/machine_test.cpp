// What machine a program is for, by its first bytes.
#include "bundle/machine.hpp"

#include <catch2/catch.hpp>
#include <string>

using addon::bundle::machine_of;
using addon::bundle::runs_on;

namespace {
/// e_ident, e_type and e_machine of an ELF file; elf(5).
std::string elf(int elf_class, int data, unsigned machine) {
  std::string head(
      "\x7f"
      "ELF",
      4);
  head += static_cast<char>(elf_class);
  head += static_cast<char>(data);
  head.resize(18, '\0');
  const char low = static_cast<char>(machine & 0xffU);
  const char high = static_cast<char>(machine >> 8U);
  head += data == 1 ? low : high;
  head += data == 1 ? high : low;
  return head;
}
}  // namespace

TEST_CASE("a program's machine is read from its first bytes") {
  CHECK(machine_of(elf(2, 1, 62)) == "amd64");
  CHECK(machine_of(elf(1, 1, 3)) == "386");
  CHECK(machine_of(elf(2, 1, 183)) == "arm64");
  CHECK(machine_of(elf(1, 1, 40)) == "arm");
  CHECK(machine_of(elf(2, 1, 243)) == "riscv64");
  CHECK(machine_of(elf(2, 1, 21)) == "ppc64le");
  CHECK(machine_of(elf(2, 2, 21)) == "ppc64");
  CHECK(machine_of(elf(2, 2, 22)) == "s390x");
  CHECK(machine_of(elf(2, 1, 258)) == "loong64");
}

TEST_CASE("what is no ELF file, or of no known machine, has none") {
  CHECK(machine_of("#!/bin/sh\nexec sleep 1\n").empty());
  CHECK(machine_of("").empty());
  CHECK(machine_of(elf(2, 1, 62).substr(0, 19)).empty());
  CHECK(machine_of(elf(2, 1, 9999)).empty());
  // x32: 32-bit programs of the 64-bit machine.
  CHECK(machine_of(elf(1, 1, 62)).empty());
}

TEST_CASE("a host runs its own machine's programs, and what is unknown is let through") {
  CHECK(runs_on("amd64", "amd64"));
  CHECK_FALSE(runs_on("arm64", "amd64"));
  CHECK_FALSE(runs_on("amd64", "arm64"));
  CHECK_FALSE(runs_on("amd64", "386"));
  CHECK(runs_on("386", "amd64"));
  CHECK(runs_on("", "amd64"));
  CHECK(runs_on("amd64", ""));
  CHECK(runs_on("amd64", "sparc64"));
}
