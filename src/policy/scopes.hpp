#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/addon_id.hpp"
#include "policy/site_policy.hpp"

namespace addon::policy {

/// What the policy says to one request of one add-on.
struct Ruling {
  std::optional<PolicyRef> allowed_by;  ///< the first line in force that covers it
  std::optional<PolicyRef> denied_by;   ///< the first deny that covers it; wins
  /// Where nothing allows it: the line of an expired grant that would have, and its last day.
  std::optional<PolicyRef> expired;
  std::chrono::year_month_day expired_on{};
  /// Where nothing allows it: the line of a grant that does for what others have signed, and who.
  std::optional<PolicyRef> withheld{};
  std::string withheld_for{};

  bool allows() const { return allowed_by.has_value() && !denied_by.has_value(); }
};

/// The parts of a policy that speak about one add-on: the site's own, then the grants that match it,
/// in the order of the policy. Refers to the policy.
class Scopes {
 public:
  /// `signer` is the name of the trusted key that vouches for the add-on.
  Scopes(const SitePolicy& policy, const AddonId& addon, std::chrono::sys_days today,
         const std::optional<std::string>& signer);

  Ruling capability(Capability capability) const;
  Ruling supervision(manifest::Supervision supervision) const;
  Ruling delivery(manifest::Delivery delivery) const;
  Ruling run_as(const std::string& user) const;
  Ruling dynamic_user() const;
  Ruling unit_name(const std::string& name) const;
  Ruling exec_prefix(const std::string& prefix) const;
  Ruling exec_path(const std::string& program) const;
  Ruling reference(const std::string& unit) const;
  Ruling state_dir(const std::string& path) const;
  Ruling root_file(const std::string& path) const;

  /// The first line that forbids the directive, by whichever of its names, or null.
  const PolicyRef* forbids(std::string_view directive) const;
  /// All that hold, also those of expired grants.
  std::vector<const Line<Requirement>*> requirements() const;

 private:
  struct Scope {
    const Allowances* allowances;
    const Grant* expired_grant;   ///< null while it is in force
    const Grant* withheld_grant;  ///< null unless it is for what others have signed
  };
  /// `line_of(allowances)` gives the first line of a scope that covers the request, or null.
  template <class LineOf>
  Ruling rule(const LineOf& line_of) const;
  Ruling rule_by_pattern(std::vector<Line<std::string>> Allowances::*patterns, const std::string& name) const;

  std::vector<Scope> scopes_;
};

}  // namespace addon::policy
