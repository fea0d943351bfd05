#pragma once

#include "host/unit_manager.hpp"

namespace addon::linux {

/// The service manager of a root directory that no systemd runs in: nothing is loaded, and
/// everything asked of it succeeds without doing anything. Enablement links are files, which the
/// executor makes itself.
class OfflineManager final : public host::UnitManager {
 public:
  bool is_live() const override { return false; }
  Result<std::vector<host::UnitStatus>> states(const std::vector<UnitName>& names) override;
  Result<host::UnitStatus> inspect(const UnitName& name) override;
  Result<> reload() override { return {}; }
  Result<> enable(const UnitName&) override { return {}; }
  Result<> disable(const UnitName&) override { return {}; }
  Result<> start(const UnitName&, std::chrono::milliseconds) override { return {}; }
  Result<> restart(const UnitName&, std::chrono::milliseconds) override { return {}; }
  Result<> stop(const UnitName&, std::chrono::milliseconds) override { return {}; }
  Result<> reset_failed(const UnitName&) override { return {}; }
};

}  // namespace addon::linux
