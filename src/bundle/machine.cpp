#include "bundle/machine.hpp"

#include <elf.h>

#include <algorithm>
#include <array>

namespace addon::bundle {

namespace {
struct Machine {
  unsigned machine;
  unsigned elf_class;
  unsigned data;
  std::string_view name;
};

constexpr unsigned loongarch = 258;  // EM_LOONGARCH, which Debian 12's elf.h lacks
constexpr std::array<Machine, 9> machines = {{{EM_X86_64, ELFCLASS64, ELFDATA2LSB, "amd64"},
                                              {EM_386, ELFCLASS32, ELFDATA2LSB, "386"},
                                              {EM_AARCH64, ELFCLASS64, ELFDATA2LSB, "arm64"},
                                              {EM_ARM, ELFCLASS32, ELFDATA2LSB, "arm"},
                                              {EM_RISCV, ELFCLASS64, ELFDATA2LSB, "riscv64"},
                                              {EM_PPC64, ELFCLASS64, ELFDATA2LSB, "ppc64le"},
                                              {EM_PPC64, ELFCLASS64, ELFDATA2MSB, "ppc64"},
                                              {EM_S390, ELFCLASS64, ELFDATA2MSB, "s390x"},
                                              {loongarch, ELFCLASS64, ELFDATA2LSB, "loong64"}}};

unsigned byte_at(std::string_view head, std::size_t at) { return static_cast<unsigned char>(head[at]); }

bool is_known(std::string_view name) {
  return std::any_of(machines.begin(), machines.end(),
                     [&](const Machine& machine) { return machine.name == name; });
}
}  // namespace

std::string_view machine_of(std::string_view head) {
  if (head.size() < kMachineBytes || head.substr(0, SELFMAG) != ELFMAG) return "";
  const unsigned data = byte_at(head, EI_DATA);
  const bool is_little = data == ELFDATA2LSB;
  constexpr std::size_t at = 18;  // e_machine
  const unsigned machine =
      byte_at(head, is_little ? at + 1 : at) << 8U | byte_at(head, is_little ? at : at + 1);
  const auto* found = std::find_if(machines.begin(), machines.end(), [&](const Machine& one) {
    return one.machine == machine && one.elf_class == byte_at(head, EI_CLASS) && one.data == data;
  });
  return found == machines.end() ? std::string_view() : found->name;
}

bool runs_on(std::string_view program, std::string_view host) {
  if (program.empty() || program == host || !is_known(host)) return true;
  // Nearly every kernel for the one runs the other.
  return program == "386" && host == "amd64";
}

}  // namespace addon::bundle
