#pragma once

#include <catch2/catch.hpp>

#include "unit/executor/host.hpp"

namespace addon::executor::test {

/// What a host was like, to see that it is like that again.
class Before {
 public:
  explicit Before(Host& host) : host_(host), tree_(host.snapshot()), running_(host.units.running()) {}
  void check_unchanged() const {
    CHECK(difference(tree_, host_.snapshot()) == Lines{});
    CHECK(host_.units.running() == running_);
  }

 private:
  Host& host_;
  Snapshot tree_;
  Lines running_;
};

}  // namespace addon::executor::test
