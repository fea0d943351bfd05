#pragma once

#include <memory>
#include <vector>

#include "core/result.hpp"
#include "executor/steps/step_run.hpp"

namespace addon::executor {

/// What is left to do after undoing.
struct TakenBack {
  std::vector<Error> files;     ///< what could not be put back: undoing has to be tried again
  std::vector<Error> services;  ///< what ran before and does not run again
};

/// Undoes the steps that were begun, in reverse and to the end whatever fails on the way: each thing that
/// can be put back is. Then lets systemd read its units again, and starts what ran before, and lets others
/// see it.
TakenBack take_back(const std::vector<std::unique_ptr<StepRun>>& steps, const std::vector<bool>& begun,
                    StepContext& context);

}  // namespace addon::executor
