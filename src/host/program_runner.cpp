#include "host/program_runner.hpp"

#include <fmt/format.h>

namespace addon::host {

std::string to_string(const ProgramEnd& end) {
  switch (end.how) {
    case ProgramEnd::How::exited:
      return fmt::format("exited with status {}", end.status);
    case ProgramEnd::How::killed:
      return fmt::format("was killed by signal {}", end.status);
    case ProgramEnd::How::timed_out:
      return "did not end in time";
  }
  return {};
}

}  // namespace addon::host
