#include "linux/offline_manager.hpp"

namespace addon::linux {

namespace {
host::UnitStatus not_loaded(const UnitName& name) {
  return {.name = name,
          .load_state = "not-found",
          .active_state = "inactive",
          .sub_state = "dead",
          .type = "",
          .result = "",
          .fragment_path = "",
          .drop_in_paths = {}};
}
}  // namespace

Result<std::vector<host::UnitStatus>> OfflineManager::states(const std::vector<UnitName>& names) {
  std::vector<host::UnitStatus> states;
  states.reserve(names.size());
  for (const UnitName& name : names) states.push_back(not_loaded(name));
  return states;
}

Result<host::UnitStatus> OfflineManager::inspect(const UnitName& name) { return not_loaded(name); }

}  // namespace addon::linux
