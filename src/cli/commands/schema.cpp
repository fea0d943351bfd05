#include "document/schema.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/commands/all.hpp"
#include "cli/commands/schema_names.hpp"
#include "core/text.hpp"

namespace addon::cli {

std::vector<std::string> schema_names() {
  return {"addon-manifest", "site-policy", "addon-plan", "addon-registry", "policy-test", "addon-override"};
}

namespace {
constexpr std::string_view kSchemaHelp = R"(Usage: addonctl schema NAME

Prints a JSON Schema (draft-07) that this program validates against, or writes
by. An editor that knows it completes and explains every key.

NAME is addon-manifest, site-policy, addon-plan, addon-registry, policy-test or
addon-override. A registry is what tells the host's agent which add-ons are
active.

)";

void declare_schema(CLI::App& app, Arguments& arguments) { app.add_option("NAME", arguments.operands); }

Report run_schema(const Context& context, const Arguments& arguments) {
  if (arguments.operands.size() != 1) {
    return misused("schema takes the name of one schema",
                   fmt::format("the names are {}", join(schema_names(), ", ")));
  }
  const std::string& name = arguments.operands.front();
  const std::string_view text = document::schema_text(name);
  if (text.empty()) {
    const std::string meant = did_you_mean(name, schema_names());
    return misused(fmt::format("there is no schema {}{}", quoted(name),
                               meant.empty() ? "" : fmt::format("; did you mean {}?", quoted(meant))),
                   fmt::format("the names are {}", join(schema_names(), ", ")));
  }
  context.console.result(text);
  if (!text.ends_with('\n')) context.console.result("\n");
  Report report;
  auto parsed = parse_json(text, name);
  if (!parsed) return failed(parsed.error());
  report.body["name"] = name;
  report.body["json_schema"] = std::move(*parsed);
  return report;
}
}  // namespace

Command schema_command() {
  return {"schema",
          "print a JSON Schema for editors",
          kSchemaHelp,
          FindingsAre::problems,
          PolicyFiles::refused,
          declare_schema,
          run_schema};
}

}  // namespace addon::cli
