#include <fmt/format.h>

#include <cstdint>
#include <numeric>
#include <utility>

#include "cli/commands/bundle_parts.hpp"
#include "cli/read_bundle.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {
std::uint64_t size_of(const bundle::Bundle& bundle) {
  return std::accumulate(bundle.files.begin(), bundle.files.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const bundle::BundleFile& file) { return sum + file.size; });
}
}  // namespace

Report verify_bundle(const Context& context, const Arguments& arguments) {
  const auto read = read_whole(context, arguments.operands.front());
  if (!read) return failed(read.error());
  Report report;
  report.findings = read->findings;
  report.exit = exit_code(report.findings);
  if (!read->bundle || report.exit != kExitDone) return report;
  const bundle::Bundle& bundle = *read->bundle;
  report.body["bundle"] = {{"id", bundle.manifest.id.value.str()},
                           {"version", bundle.manifest.version.value.str()},
                           {"files", bundle.files.size()},
                           {"size", size_of(bundle)}};
  if (bundle.archive) report.body["bundle"]["sha256"] = bundle.archive->sha256.hex();
  report.conclusion =
      fmt::format("{} {} is sound: {} files, {}.", bundle.manifest.id.value.str(),
                  bundle.manifest.version.value.str(), bundle.files.size(), size_text(size_of(bundle)));
  return report;
}

}  // namespace addon::cli
