#include "client/protocol.hpp"

namespace addon::client {

std::string signature_of(const Method& method) {
  constexpr std::array<std::string_view, 5> operands = {"", "s", "as", "aha(sssua{sv})", "shaha(sssua{sv})"};
  return std::string(operands.at(static_cast<std::size_t>(method.operands))) + "a{sv}";
}

}  // namespace addon::client
