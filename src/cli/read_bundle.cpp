#include "cli/read_bundle.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/bundle_sources.hpp"
#include "cli/session.hpp"
#include "core/text.hpp"
#include "plan/lint.hpp"

namespace addon::cli {

namespace {
// A manifest stands for the directory that it is in; any other file would stand for whatever else is there.
Result<> check_operand(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) || is_archive_file(path)) return {};
  const std::string name = std::filesystem::path(path).filename().string();
  if (name == "addon.yaml" || name.ends_with(".addon.yaml")) return {};
  Finding finding = make_finding(
      rules::bundle_unreadable,
      fmt::format("{} is neither a manifest nor an archive of a bundle", quoted(path)), {path, 0, 0});
  finding.fix = "name a directory that holds a manifest, the manifest, or an archive (.tar.gz, .tar.zst)";
  return tl::unexpected(Error::of({std::move(finding)}));
}
}  // namespace

Result<bundle::ReadBundle> read_whole(const Context& context, const std::string& path) {
  TRY(check_operand(path));
  const auto session = TRY(Session::open(context));
  const std::vector<executor::BundleSource> sources =
      TRY(open_sources({name_source(path, "")}, {.platform = session->ports().platform}));
  const executor::BundleSource& source = sources.front();
  bundle::ReadBundle read = source.archive != nullptr ? *source.archive
                                                      : bundle::read_directory(source.directory, source.name,
                                                                               bundle::Origin::bundle, {});
  if (!read.bundle) return read;
  std::vector<Finding> traps = plan::traps(plan::lint_steps(*read.bundle));
  std::move(traps.begin(), traps.end(), std::back_inserter(read.findings));
  sort_findings(read.findings);
  return read;
}

}  // namespace addon::cli
