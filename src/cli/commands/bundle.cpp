#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "cli/commands/all.hpp"
#include "cli/commands/bundle_parts.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kBundleHelp = R"(Usage: addonctl bundle build DIR [-o FILE] [--force]
       addonctl bundle inspect PATH
       addonctl bundle verify PATH

Makes archives of bundles, and looks into them. PATH is a bundle's directory,
the manifest in it, or its archive (.tar.gz, .tar.zst). Needs no rights and no
policy.

build packs DIR, manifest first, then every file by name, with the modes that
they get on a host, and without times and owners: the same files give the same
bytes. A bundle in which lint finds an error is not packed.

inspect shows what the manifest says, and every file with its digest.

verify reads all of it and checks what can be checked without a host.

Each exits 3 when the bundle is invalid.

Options:
  -o, --output FILE     Write the archive to FILE, packed by what its name ends
                        in: .tar.gz, .tgz or .tar.zst. Without it to
                        ID-VERSION.tar.zst in this directory.
  --force               Replace FILE when it exists.

)";

void declare_bundle(CLI::App& app, Arguments& arguments) {
  app.add_option("ARGUMENT", arguments.operands);
  app.add_option("-o,--output", arguments.output);
  app.add_flag("--force", arguments.force);
}

Report run_bundle(const Context& context, const Arguments& arguments) {
  const std::string usage = "run addonctl bundle --help for its usage";
  const auto& operands = arguments.operands;
  const std::string what = operands.empty() ? "" : operands.front();
  if (what != "build" && what != "inspect" && what != "verify") {
    return misused("bundle takes build, inspect or verify", usage);
  }
  if (operands.size() != 2) return misused("bundle " + what + " takes one bundle", usage);
  if (what != "build" && (arguments.force || !arguments.output.empty())) {
    return misused("-o and --force are for bundle build", usage);
  }
  Arguments rest = arguments;
  rest.operands.erase(rest.operands.begin());
  if (what == "build") return build_bundle(context, rest);
  return what == "inspect" ? inspect_bundle(context, rest) : verify_bundle(context, rest);
}
}  // namespace

Command bundle_command() {
  return {"bundle",
          "pack bundles, and look into them",
          kBundleHelp,
          FindingsAre::results,
          PolicyFiles::refused,
          declare_bundle,
          run_bundle};
}

}  // namespace addon::cli
