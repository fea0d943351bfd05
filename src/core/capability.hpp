#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace addon {
inline namespace core {

/// One Linux capability, by its number in <linux/capability.h> (capabilities(7)).
class Capability {
 public:
  /// From a name in any case, with or without "cap_", blanks around it dropped. A number is not a
  /// name. Unknown names give nullopt: callers fail closed.
  static std::optional<Capability> from_name(std::string_view name);
  /// Precondition: number < count().
  static Capability from_number(unsigned number) { return Capability(number); }
  /// How many capabilities this program knows, numbered from 0.
  static unsigned count();

  unsigned number() const { return number_; }
  /// Lower case, with "cap_".
  std::string_view name() const;
  auto operator<=>(const Capability&) const = default;

 private:
  explicit Capability(unsigned number) : number_(number) {}
  unsigned number_;
};

/// A set of capabilities, compared as bits.
class CapabilitySet {
 public:
  CapabilitySet() = default;
  CapabilitySet(std::initializer_list<Capability> capabilities) {
    for (const Capability capability : capabilities) insert(capability);
  }
  static CapabilitySet from_bits(std::uint64_t bits);
  /// All that this program knows.
  static CapabilitySet all();

  void insert(Capability capability) { bits_ |= std::uint64_t{1} << capability.number(); }
  void erase(Capability capability) { bits_ &= ~(std::uint64_t{1} << capability.number()); }
  bool contains(Capability capability) const { return ((bits_ >> capability.number()) & 1U) != 0; }
  bool contains(CapabilitySet other) const { return (other.bits_ & ~bits_) == 0; }
  bool empty() const { return bits_ == 0; }
  std::uint64_t bits() const { return bits_; }
  CapabilitySet operator|(CapabilitySet other) const { return from_bits(bits_ | other.bits_); }
  CapabilitySet operator&(CapabilitySet other) const { return from_bits(bits_ & other.bits_); }
  CapabilitySet operator-(CapabilitySet other) const { return from_bits(bits_ & ~other.bits_); }
  bool operator==(const CapabilitySet&) const = default;

  std::vector<Capability> members() const;
  /// Sorted lower-case names: {"cap_bpf", "cap_net_raw"}.
  std::vector<std::string> names() const;

 private:
  std::uint64_t bits_ = 0;
};

/// Names joined by commas and "=ep", as cap_to_text(3) writes a set that is permitted and
/// effective: "cap_bpf,cap_net_raw=ep". "" for the empty set.
std::string to_file_text(CapabilitySet set);

}  // namespace core
}  // namespace addon
