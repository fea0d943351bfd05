#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "core/finding.hpp"
#include "core/json.hpp"

namespace addon::cli {

/// What a comment for a pull request says besides the plan.
struct MarkdownNotes {
  std::string error{};   ///< what failed, where no finding says it
  std::string remark{};  ///< such as that it is stale
  const std::vector<Finding>& findings;
};

/// A plan as GitHub Flavored Markdown: a heading with the summary, a table of the add-ons, what is done for
/// each and which policy line allows it, and the findings. `plan` may be null. All that is not this program's
/// own words stands in code spans.
std::string render_markdown(const Json& plan, const MarkdownNotes& notes);

/// The report with that as its document where --format asks for it: of body["plan"], the findings, the
/// error and the conclusion. Wrong use makes none.
Report with_markdown(Report report, const GlobalOptions& options);

}  // namespace addon::cli
