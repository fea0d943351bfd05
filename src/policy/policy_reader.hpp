#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "document/node.hpp"
#include "policy/site_policy.hpp"

namespace addon::policy {

/// A node of a policy, and the pointer to it. A null node stands for a key that is absent.
struct Place {
  const document::Node* node = nullptr;
  std::string pointer;

  Place operator[](std::string_view key) const;
  std::vector<Place> items() const;
};

/// Reads the parts of one policy file that has passed the schema.
class PolicyReader {
 public:
  PolicyReader(const document::Document& document, std::vector<Finding>& findings)
      : document_(document), findings_(findings) {}

  /// What the mapping allows and denies, in the name of the grant ("" for the site).
  Allowances allowances(const Place& scope, const std::string& grant);
  Grant grant(const Place& place);
  /// Adds what only the site can say: limits, downgrade, signatures, the base agent.
  void read_site(const Place& root, SitePolicy& policy);

 private:
  PolicyRef ref(const Place& place, const std::string& grant) const;
  Finding& invalid(const Place& place, std::string message, std::string fix);

  std::vector<Line<Capability>> capabilities(const Place& list, const std::string& grant);
  std::vector<Line<std::string>> strings(const Place& list, const std::string& grant);
  std::vector<Line<std::string>> prefixes(const Place& list, const std::string& grant);
  std::vector<Line<std::string>> directives(const Place& list, const std::string& grant);
  std::vector<Line<Requirement>> requirements(const Place& mapping, const std::string& grant);
  /// Warns or refuses where no directive of that name exists.
  void check_directive(const Place& place, const std::string& name);
  void read_limits(const Place& limits, Limits& result);
  void read_base_agent(const Place& place, SitePolicy& policy);
  void read_match(const Place& place, Grant& grant);
  void read_expiry(const Place& place, Grant& grant);

  const document::Document& document_;
  std::vector<Finding>& findings_;
};

/// A day of RFC 3339, "YYYY-MM-DD", that exists.
std::optional<std::chrono::year_month_day> parse_day(std::string_view text);

/// "2027-06-30".
std::string to_string(std::chrono::year_month_day day);

}  // namespace addon::policy
