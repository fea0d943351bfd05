#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "cli/commands/all.hpp"
#include "cli/commands/bundle_parts.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kBundleHelp = R"(Usage: addonctl bundle build DIR [-o FILE] [--force]
       addonctl bundle inspect PATH
       addonctl bundle verify PATH [--key PUBLIC]...
       addonctl bundle sign PATH --key SECRET [-o FILE]
       addonctl bundle digests DIR

Makes archives of bundles, looks into them and signs them. PATH is a bundle's
directory, the manifest in it, or its archive (.tar.gz, .tar.zst). Needs no
rights and no policy.

build packs DIR, manifest first, then every file by name, with the modes that
they get on a host, and without times and owners: the same files give the same
bytes. A bundle in which lint finds an error is not packed.

inspect shows what the manifest says, and every file with its digest.

verify reads all of it and checks what can be checked without a host, and its
signature by the host's trusted keys, or by those in PUBLIC, one of which must
then have signed it.

sign signs with a secret key that minisign -G made. The signature goes beside
the manifest, as addon.yaml.minisig, or beside the archive, as FILE.minisig. The
password of an encrypted key is asked for, or read from standard input where
that is no terminal.

digests prints what is signed of a directory: the SHA-256 and path of each file
but the signature, as sha256sum does. So minisign can sign as well:
  addonctl bundle digests DIR >list
  minisign -Sm list -x DIR/addon.yaml.minisig -t 'id:ID version:VERSION'

Each exits 3 when the bundle is invalid.

Options:
  -o, --output FILE     Write the archive to FILE, packed by what its name ends
                        in: .tar.gz, .tgz or .tar.zst. Without it to
                        ID-VERSION.tar.zst in this directory. Of sign: where
                        the signature goes.
  --key FILE            The secret key to sign with; a public key to verify by,
                        which can be given several times.
  --force               Replace FILE when it exists.

)";

void declare_bundle(CLI::App& app, Arguments& arguments) {
  app.add_option("ARGUMENT", arguments.operands);
  app.add_option("-o,--output", arguments.output);
  app.add_flag("--force", arguments.force);
  // One at a time, so that what follows is an operand and not another key.
  app.add_option("--key", arguments.keys)->allow_extra_args(false);
}

/// One of the things that bundle does, and the options that are for it.
struct Part {
  std::string_view name;
  Report (*run)(const Context& context, const Arguments& arguments);
  bool writes = false;
  bool replaces = false;
  bool takes_keys = false;
};
constexpr std::array kParts = {
    Part{"build", build_bundle, true, true, false}, Part{"inspect", inspect_bundle, false, false, false},
    Part{"verify", verify_bundle, false, false, true}, Part{"sign", sign_bundle, true, false, true},
    Part{"digests", list_digests, false, false, false}};

Report run_bundle(const Context& context, const Arguments& arguments) {
  const std::string usage = "run addonctl bundle --help for its usage";
  const auto& operands = arguments.operands;
  const std::string what = operands.empty() ? "" : operands.front();
  const auto* part =
      std::find_if(kParts.begin(), kParts.end(), [&](const Part& one) { return one.name == what; });
  if (part == kParts.end()) return misused("bundle takes build, inspect, verify, sign or digests", usage);
  if (operands.size() != 2) return misused("bundle " + what + " takes one bundle", usage);
  if (arguments.force && !part->replaces) return misused("--force is for bundle build", usage);
  if (!arguments.output.empty() && !part->writes)
    return misused("-o is for bundle build and bundle sign", usage);
  if (!arguments.keys.empty() && !part->takes_keys)
    return misused("--key is for bundle sign and bundle verify", usage);
  Arguments rest = arguments;
  rest.operands.erase(rest.operands.begin());
  return part->run(context, rest);
}
}  // namespace

Command bundle_command() {
  return {"bundle",
          "pack, sign and verify bundles",
          kBundleHelp,
          FindingsAre::results,
          PolicyFiles::refused,
          declare_bundle,
          run_bundle};
}

}  // namespace addon::cli
