#include <fmt/format.h>

#include <utility>

#include "cli/commands/bundle_parts.hpp"
#include "cli/read_bundle.hpp"
#include "core/text.hpp"

namespace addon::cli {

Result<bundle::Bundle> read_sound_bundle(const Context& context, const std::string& operand) {
  bundle::ReadBundle read = TRY(read_whole(context, operand));
  if (!read.bundle || has_errors(read.findings)) return tl::unexpected(Error::of(std::move(read.findings)));
  return std::move(*read.bundle);
}

Report list_digests(const Context& context, const Arguments& arguments) {
  const auto bundle = read_sound_bundle(context, arguments.operands.front());
  if (!bundle) return failed(bundle.error());
  if (bundle->archive) {
    return misused(fmt::format("{} is an archive: what is signed of it is the file itself",
                               quoted(arguments.operands.front())),
                   "sign it with addonctl bundle sign, or with minisign -Sm");
  }
  Report report;
  report.body["files"] = Json::array();
  for (const bundle::ListedFile& file : bundle->listing)
    report.body["files"].push_back({{"path", file.path.str()}, {"sha256", file.sha256.hex()}});
  context.console.result(bundle::digest_list(bundle->listing));
  return report;
}

}  // namespace addon::cli
