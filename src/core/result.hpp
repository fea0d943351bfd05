#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "core/error.hpp"

namespace addon {
inline namespace core {

/// The one way in which anything here fails: a value, or an Error that says what was being
/// done, to what, why it failed and what the user can do. Never ignore one.
template <class T = void>
using Result = tl::expected<T, Error>;

namespace detail {
template <class T>
T take(tl::expected<T, Error>&& result) {
  return std::move(*result);
}
inline void take(tl::expected<void, Error>&&) {}
}  // namespace detail

}  // namespace core
}  // namespace addon

#define ADDON_CONCAT_(a, b) a##b
#define ADDON_CONCAT(a, b) ADDON_CONCAT_(a, b)

#define ADDON_TRY_(name, ...)                                    \
  __extension__({                                                \
    auto name = (__VA_ARGS__);                                   \
    if (!name) return ::tl::unexpected(std::move(name).error()); \
    ::addon::detail::take(std::move(name));                      \
  })

/// TRY(expression): the value of a Result, or return its error from the enclosing function.
#define TRY(...) ADDON_TRY_(ADDON_CONCAT(addon_try_, __COUNTER__), __VA_ARGS__)

#define ADDON_TRY_CONTEXT_(name, context, ...)                                         \
  __extension__({                                                                      \
    auto name = (__VA_ARGS__);                                                         \
    if (!name) return ::tl::unexpected(std::move(name).error().with_context(context)); \
    ::addon::detail::take(std::move(name));                                            \
  })

/// TRY_CONTEXT("cannot …", expression): TRY that says what was being done. The context is
/// evaluated only on failure.
#define TRY_CONTEXT(context, ...) \
  ADDON_TRY_CONTEXT_(ADDON_CONCAT(addon_try_, __COUNTER__), context, __VA_ARGS__)
