#include "cli/test_policy.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <map>
#include <utility>

#include "cli/lint/targets.hpp"
#include "cli/policy_files.hpp"
#include "cli/read_addon.hpp"
#include "cli/read_text.hpp"
#include "core/text.hpp"
#include "policy/judge.hpp"

namespace addon::cli {

namespace {
// One more than the parser accepts, so that it is the one to refuse what is too large.
constexpr std::size_t kLargestPolicyTest = (std::size_t{1} << 20) + 1;

std::string beside(const std::string& file, const std::string& path) {
  return (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
}

class Tester {
 public:
  Tester(const GlobalOptions& options, std::chrono::sys_days today) : options_(options), today_(today) {}

  void file(const std::string& name) {
    const auto text = read_text(name, kLargestPolicyTest);
    if (!text) {
      return add({make_finding(rules::document_unreadable, text.error().message(), {name, 0, 0})});
    }
    policy::ParsedTests parsed = policy::parse_policy_tests(*text, name);
    add(std::move(parsed.findings));
    for (policy::TestCase& test : parsed.cases) judge(std::move(test));
  }

  TestedPolicy take() && {
    sort_findings(tested_.findings);
    return std::move(tested_);
  }

 private:
  struct Policy {
    std::optional<LoadedPolicy> loaded;
    std::vector<Finding> findings;
  };

  void add(std::vector<Finding> findings) {
    tested_.findings.insert(tested_.findings.end(), std::make_move_iterator(findings.begin()),
                            std::make_move_iterator(findings.end()));
  }

  void judge(policy::TestCase test) {
    const Policy& policy = policy_of(test);
    const ReadAddon& addon = addon_of(test);
    std::vector<policy::Difference> differences;
    if (policy.loaded && addon.addon) {
      const policy::Judgement judgement =
          policy::judge(plan_of(*addon.addon), policy.loaded->policy, test.today.value_or(today_));
      differences = policy::compare(test, judgement.verdicts);
    } else {
      differences.push_back({"a policy and an add-on to judge", "the errors below"});
    }
    tested_.cases.push_back({std::move(test), std::move(differences)});
  }

  // Each is read once, however many cases name it, so that what is wrong with it is told once.
  const Policy& policy_of(const policy::TestCase& test) {
    std::vector<std::string> files;
    for (const policy::NamedFile& file : test.policy) files.push_back(beside(file.at.file, file.path));
    const auto [found, is_new] = policies_.try_emplace(files);
    if (!is_new) return found->second;
    auto loaded = files.empty() ? load_policy(options_, PolicyTrust::anyone) : load_policy_files(files);
    if (loaded && !loaded->present) {
      // Judged by nothing, whatever expects a refusal would pass.
      Finding finding = make_finding(rules::policy_test_invalid,
                                     "the case names no policy, and the host has none", test.at);
      finding.fix = "name it in the file with policy, or with --policy FILE";
      add({std::move(finding)});
    } else if (loaded) {
      add(loaded->findings);
      found->second.loaded = std::move(*loaded);
    } else if (loaded.error().findings().empty()) {
      add({make_finding(rules::document_unreadable, loaded.error().message(), test.at)});
    } else {
      add(loaded.error().findings());
    }
    return found->second;
  }

  const ReadAddon& addon_of(const policy::TestCase& test) {
    const std::string path = beside(test.addon.at.file, test.addon.path);
    const auto [found, is_new] = addons_.try_emplace(path);
    if (!is_new) return found->second;
    LintTargets targets = find_lint_targets({path});
    add(std::move(targets.findings));
    if (targets.targets.size() > 1) {
      Finding finding =
          make_finding(rules::policy_test_invalid,
                       fmt::format("there are several add-ons in {}", quoted(path)), test.addon.at);
      finding.fix = "name one manifest or bundle";
      add({std::move(finding)});
    } else if (targets.targets.size() == 1) {
      found->second = read_addon(targets.targets.front(), nullptr);
      add(found->second.findings);
    }
    return found->second;
  }

  const GlobalOptions& options_;
  std::chrono::sys_days today_;
  std::map<std::vector<std::string>, Policy> policies_;
  std::map<std::string, ReadAddon> addons_;
  TestedPolicy tested_;
};
}  // namespace

TestedPolicy test_policy(const std::vector<std::string>& files, const GlobalOptions& options,
                         std::chrono::sys_days today) {
  Tester tester(options, today);
  for (const std::string& file : files) tester.file(file);
  return std::move(tester).take();
}

Json to_json(const TestedCase& tested) {
  Json differences = Json::array();
  for (const policy::Difference& one : tested.differences) {
    differences.push_back({{"expected", one.expected}, {"got", one.got}});
  }
  return {{"name", tested.test.name},
          {"file", tested.test.at.file},
          {"line", tested.test.at.line},
          {"addon", beside(tested.test.addon.at.file, tested.test.addon.path)},
          {"passed", tested.differences.empty()},
          {"differences", std::move(differences)}};
}

std::string render(const TestedCase& tested, const Palette& palette) {
  const std::string name = one_line(tested.test.name);
  if (tested.differences.empty()) return fmt::format("{}      {}\n", palette(Paint::green, "ok"), name);
  std::string out = fmt::format("{}  {}  {}\n", palette(Paint::red, "FAILED"), name,
                                palette(Paint::dim, one_line(to_string(tested.test.at))));
  for (const policy::Difference& one : tested.differences) {
    out += "  " + palette(Paint::red, "- " + one_line(one.expected)) + "\n";
    out += "  " + palette(Paint::green, "+ " + one_line(one.got)) + "\n";
  }
  return out;
}

}  // namespace addon::cli
