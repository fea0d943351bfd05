#include "executor/take_back.hpp"

#include <string>
#include <utility>

namespace addon::executor {

namespace {
void attempt(std::vector<Error>& failures, const std::string& what, Result<> result) {
  if (!result) failures.push_back(std::move(result).error().with_context("cannot undo " + what));
}
}  // namespace

TakenBack take_back(const std::vector<std::unique_ptr<StepRun>>& steps, const std::vector<bool>& begun,
                    StepContext& context) {
  TakenBack left;
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (begun[i]) attempt(left.files, steps[i]->doing(), steps[i]->undo(context));
    context.undo_failed = !left.files.empty();
  }
  attempt(left.files, "the change of units", context.reload_if_changed());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (begun[i]) attempt(left.services, steps[i]->doing(), steps[i]->settle(context));
  }
  // While something is not as it was, nobody is told that it is.
  for (std::size_t i = left.files.empty() ? steps.size() : 0; i-- > 0;) {
    if (begun[i]) attempt(left.files, steps[i]->doing(), steps[i]->reveal(context));
  }
  return left;
}

}  // namespace addon::executor
