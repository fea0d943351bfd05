#include "core/error.hpp"

#include <catch2/catch.hpp>
#include <cerrno>

#include "core/result.hpp"

using addon::Error;
using addon::ErrorKind;
using addon::Result;

TEST_CASE("context stands before what went wrong") {
  const Error error = Error("directory is missing", ErrorKind::stale).with_context("cannot switch current");
  CHECK(error.message() == "cannot switch current: directory is missing");
  CHECK(error.kind() == ErrorKind::stale);
}

TEST_CASE("a failed system call says why and keeps its number") {
  const Error error = Error::from_errno(ENOSPC, "cannot write a");
  CHECK(error.message() == "cannot write a: No space left on device");
  CHECK(error.errno_value() == ENOSPC);
  CHECK(error.kind() == ErrorKind::failed);
  CHECK(Error::from_errno(99999, "cannot write a").message() == "cannot write a: unknown error");
}

TEST_CASE("an error that follows another hides neither") {
  const Error error = Error("start failed", ErrorKind::rolled_back).followed_by(Error("undo failed"));
  CHECK(error.message() == "start failed; then: undo failed");
  CHECK(error.kind() == ErrorKind::rolled_back);
}

TEST_CASE("an error of one finding says it, one of several counts them") {
  const addon::Finding one = addon::make_finding(addon::rules::policy_capability, "no line allows cap_bpf");
  const addon::Finding two = addon::make_finding(addon::rules::schema_type, "version is no string");
  CHECK(Error::of({one}).message() == "no line allows cap_bpf");
  CHECK(Error::of({one}).kind() == ErrorKind::denied);
  CHECK(Error::of({one, two}).message() == "2 findings");
  CHECK(Error::of({one, two}).kind() == ErrorKind::invalid);
  CHECK(Error::of({one, two}).findings().size() == 2);
}

TEST_CASE("findings of both errors are kept when one follows the other") {
  const addon::Finding one = addon::make_finding(addon::rules::policy_capability, "a");
  const addon::Finding two = addon::make_finding(addon::rules::schema_type, "b");
  CHECK(Error::of({one}).followed_by(Error::of({two})).findings().size() == 2);
}

namespace {
Result<int> half(int number) {
  if (number % 2 != 0) return tl::unexpected(Error("odd"));
  return number / 2;
}
Result<int> quarter(int number) { return half(TRY(half(number))); }
Result<void> check_quarter(int number) {
  static_cast<void>(TRY_CONTEXT("cannot quarter", quarter(number)));
  return {};
}
}  // namespace

TEST_CASE("TRY gives the value or returns the error") {
  CHECK(quarter(8).value() == 2);
  CHECK(quarter(6).error().message() == "odd");
  CHECK(check_quarter(8));
  CHECK(check_quarter(7).error().message() == "cannot quarter: odd");
}
