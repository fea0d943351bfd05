#include "cli/read_bundle.hpp"

#include <iterator>
#include <utility>
#include <vector>

#include "cli/bundle_sources.hpp"
#include "cli/session.hpp"
#include "plan/lint.hpp"

namespace addon::cli {

Result<bundle::ReadBundle> read_whole(const Context& context, const std::string& path) {
  const auto session = TRY(Session::open(context.options, context.console));
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
