#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "policy/verdict.hpp"

namespace addon::policy {

/// A file that a test case names, as it is written there.
struct NamedFile {
  std::string path;
  SourceSpan at;
};

/// Something that an add-on must ask for and get, or not get: a rule ("policy-capability"), a subject
/// ("capability cap_net_raw"), or what it asks for ("cap_net_raw").
struct Expectation {
  std::string what;
  bool allowed = true;
};

/// One case of `policy test`: what the policy must say to an add-on. It expects something.
struct TestCase {
  std::string name;
  SourceSpan at;
  NamedFile addon;
  std::vector<NamedFile> policy;  ///< empty: whatever the caller judges by
  std::optional<std::chrono::sys_days> today;
  std::optional<bool> all_allowed;  ///< `verdict`
  std::vector<Expectation> expected;
};

struct ParsedTests {
  std::vector<TestCase> cases;  ///< none when findings hold an error
  std::vector<Finding> findings;
};

/// YAML text -> cases. What the schema cannot say is rule policy-test-invalid.
ParsedTests parse_policy_tests(std::string_view text, const std::string& file);

/// Something that is not as a case expects it, as two short phrases.
struct Difference {
  std::string expected;  ///< "allowed  capability cap_bpf"
  std::string got;       ///< "denied   capability cap_bpf"
};

/// What is not as expected, in the order of the case. Empty: it passes.
std::vector<Difference> compare(const TestCase& test, const std::vector<Verdict>& verdicts);

}  // namespace addon::policy
