#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/finding.hpp"
#include "core/json.hpp"

namespace addon::cli {

// Exit codes that are no failures; those of failures are the numbers of ErrorKind.
inline constexpr int kExitDone = 0;
inline constexpr int kExitChanges = 5;  ///< changes pending, or drift found

/// How a verb ended. With --format json this is all that is printed, as one object.
struct Report {
  int exit = kExitDone;
  std::vector<Finding> findings;
  std::string error;               ///< what failed, where no finding says it
  std::vector<std::string> hints;  ///< what to do next; text only, not with -q
  std::string conclusion;          ///< the last line of the results; text only
  std::vector<std::string> notes;  ///< what to know besides; text only, not with -q
  Json body = Json::object();      ///< the verb's own keys; "findings" instead of those above
  std::string document;            ///< all that stdout gets, in a format of the verb's own
};

/// A run that ended with this error: its exit code, its findings or else its message.
Report failed(const Error& error);
/// Wrong use of the command line: exit 2.
Report misused(std::string message, std::string hint);
/// The exit code of a run that found these: 0 without errors.
int exit_code(const std::vector<Finding>& findings);

/// "" is null, as everywhere in this program's JSON where there is nothing to say.
Json text_or_null(const std::string& text);
Json to_json(const Finding& finding);
/// Reads back what to_json() wrote; nullopt where it is of no rule that this program has.
std::optional<Finding> finding_from_json(const Json& json);
/// {"schema": "addonctl.report/v1", "verb", "exit", "findings", …}; with "error" if there is one.
Json to_json(const Report& report, std::string_view verb);

}  // namespace addon::cli
