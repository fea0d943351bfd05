#include "executor/random_name.hpp"

#include <fmt/format.h>

#include <exception>
#include <random>

namespace addon::executor {

Result<std::string> random_name() {
  try {
    std::random_device device;  // getrandom(2) in libstdc++ here
    return fmt::format("{:08x}{:08x}", device(), device());
  } catch (const std::exception& error) {
    return tl::unexpected(Error(fmt::format("cannot get random numbers: {}", error.what())));
  }
}

}  // namespace addon::executor
