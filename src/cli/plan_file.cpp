#include "cli/plan_file.hpp"

#include "cli/read_text.hpp"
#include "cli/write_text.hpp"

namespace addon::cli {

namespace {
// One more than the reader of plans accepts, so that it is the one to refuse what is too large.
constexpr std::size_t kLargestPlan = (std::size_t{64} << 20) + 1;
}  // namespace

Result<> write_plan_file(const std::string& file, const Json& plan) {
  return write_text(file, canonical(Json{{"plan", plan}}) + "\n", "the plan");
}

Result<plan::SavedPlan> read_plan_file(const std::string& file) {
  const auto text = read_text(file, kLargestPlan);
  if (!text) {
    return tl::unexpected(
        Error::of({make_finding(rules::document_unreadable, text.error().message(), {file, 0, 0})}));
  }
  return plan::read_saved_plan(*text, file);
}

}  // namespace addon::cli
