#pragma once

#include <functional>

#include "unit/executor/host.hpp"

namespace addon::executor::test {

/// A change of a host, for tests that disturb it at every single call.
struct Change {
  std::function<void(Host&)> prepare;
  std::function<Request(const Host&)> request;
};

// Together they use every kind of step: they stage and grant, replace, add and retire units and drop-ins,
// disable and enable, stop, start and restart, take capabilities, and make, change and delete state
// directories.
extern const Change kFirst;
extern const Change kUpgrade;
extern const Change kRemoval;
extern const Change kPurge;
extern const Change kRollback;
extern const Change kRepair;
/// kUpgrade from archives.
extern const Change kArchives;
extern const Change kModels;

/// The host before kUpgrade.
void prepare_upgrade(Host& host);

}  // namespace addon::executor::test
