#pragma once

#include <cstddef>
#include <functional>

namespace addon {
inline namespace core {

/// Runs work(0) … work(count - 1), each once and in no order, on as many threads as there are processors; all
/// are done when it returns. The caller's thread is one of them. Precondition: work does not throw, and what
/// it shares it only reads.
void for_each_in_parallel(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace core
}  // namespace addon
