#include "core/unique_fd.hpp"

#include <unistd.h>

namespace addon {
inline namespace core {

void UniqueFd::reset() {
  // close(2): the descriptor is gone even on EINTR, so it must not be closed again.
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace core
}  // namespace addon
