#include "core/error.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace addon {
inline namespace core {

Error Error::of(std::vector<Finding> findings) {
  const ErrorKind kind = worst_kind(findings);
  std::string message =
      findings.size() == 1 ? findings.front().message : fmt::format("{} findings", findings.size());
  Error error(std::move(message), kind);
  error.findings_ = std::move(findings);
  return error;
}

Error Error::from_errno(int errno_value, std::string message) {
  // strerrordesc_np: like strerror, but neither translated nor shared between threads.
  const char* text = strerrordesc_np(errno_value);
  Error error(fmt::format("{}: {}", message, text != nullptr ? text : "unknown error"));
  error.errno_ = errno_value;
  return error;
}

Error Error::with_context(const std::string& context) && {
  message_ = fmt::format("{}: {}", context, message_);
  return std::move(*this);
}

Error Error::with_kind(ErrorKind kind) && {
  kind_ = kind;
  return std::move(*this);
}

Error Error::with_errno(int errno_value) && {
  errno_ = errno_value;
  return std::move(*this);
}

Error Error::followed_by(const Error& second) && {
  message_ = fmt::format("{}; then: {}", message_, second.message_);
  findings_.insert(findings_.end(), second.findings_.begin(), second.findings_.end());
  return std::move(*this);
}

}  // namespace core
}  // namespace addon
