#pragma once

#include <string>
#include <string_view>

namespace addon::bundle {

/// As many bytes of a program as machine_of() looks at.
inline constexpr std::size_t kMachineBytes = 20;

/// The processor that an ELF program is for, by Go's name ("amd64", "arm64"), from its first bytes: elf(5).
/// "" for what is no ELF file (a script), and for processors that have no name here.
std::string_view machine_of(std::string_view head);

/// Whether a host of that processor runs programs of this one. What is unknown of either is let through.
bool runs_on(std::string_view program, std::string_view host);

}  // namespace addon::bundle
