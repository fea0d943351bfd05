#include "cli/addon_ids.hpp"

#include <fmt/format.h>

#include "core/text.hpp"

namespace addon::cli {

Result<std::set<AddonId>> parse_ids(const std::vector<std::string>& texts) {
  std::set<AddonId> ids;
  for (const std::string& text : texts) {
    auto id = AddonId::parse(text);
    if (!id) return tl::unexpected(std::move(id).error().with_kind(ErrorKind::usage));
    ids.insert(std::move(*id));
  }
  return ids;
}

Result<> check_recorded(const std::set<AddonId>& ids, const plan::Generation& generation) {
  std::vector<std::string> known;
  for (const auto& [id, release] : generation.addons) known.push_back(id.str());
  for (const AddonId& id : ids) {
    if (generation.addons.contains(id)) continue;
    const std::string meant = did_you_mean(id.str(), known);
    return tl::unexpected(Error(fmt::format("{} is not installed{}", id.str(),
                                            meant.empty() ? "; addonctl status lists what is"
                                                          : fmt::format("; did you mean {}?", quoted(meant))),
                                ErrorKind::usage));
  }
  return {};
}

}  // namespace addon::cli
