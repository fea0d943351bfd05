#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/finding.hpp"

namespace addon::policy {

/// A line that a policy could have, by the list that it belongs to.
struct Entry {
  std::string list;   ///< "capabilities.allow"
  std::string value;  ///< "CAP_BPF", in quotes where YAML needs them

  bool empty() const { return list.empty(); }
  /// "CAP_BPF to capabilities.allow", after "add".
  std::string in_words() const;
  /// "capabilities: {allow: [CAP_BPF]}": the whole of what to write, for the site or in a grant.
  std::string as_yaml() const;
};

/// What the policy says to one thing that an add-on asks for in one place.
struct Verdict {
  std::string addon;
  std::string_view
      kind;          ///< "capability", "bounding-capability", "user", "program", …: see docs/reference.md
  std::string what;  ///< "cap_net_raw", "probe", "/usr/bin/env"
  std::string subject;  ///< as plans name it: "capability cap_net_raw"
  SourceSpan at;        ///< where it is asked for
  std::string pointer;
  bool allowed = false;
  const Rule* rule = nullptr;  ///< that decides about such things
  std::optional<PolicyRef>
      policy;       ///< the line that allows it, or takes it away, or did allow it until it expired
  std::string why;  ///< allowed without a line: why it needs none. Refused: the finding's message
  std::string fix;  ///< where it is refused: what to do
  Entry entry;      ///< where it is refused: the line that would allow it; empty where none can
};

}  // namespace addon::policy
