#include <fmt/format.h>

#include <string>

#include "cli/lint/escape.hpp"
#include "cli/lint/formats.hpp"

namespace addon::cli {

namespace {
struct Case {
  std::string text;
  bool failed = false;
};

std::string in_words(const LintFinding& found) {
  const Finding& finding = found.finding;
  std::string text =
      fmt::format("{}[{}]: {}\n", to_string(finding.severity), finding.rule->id, finding.message);
  SourceSpan at = finding.at;
  at.file = found.path;
  if (!at.file.empty()) text += fmt::format("  --> {}\n", to_string(at));
  if (finding.policy) text += fmt::format("  policy: {}\n", to_string(*finding.policy));
  if (!finding.fix.empty()) text += fmt::format("  fix: {}\n", finding.fix);
  if (!found.suppression) return text;
  if (found.suppression->kind == Suppression::Kind::baseline) return text + "  it is in the baseline\n";
  return text + fmt::format("  ignored: {}\n", found.suppression->reason);
}

std::string failure(const LintFinding& found) {
  return fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                     xml_escaped(found.finding.rule->id), xml_escaped(found.finding.message),
                     xml_escaped(in_words(found)));
}

Case case_of(const LintSubject& subject, Severity fail_on) {
  std::string failures;
  std::string others;
  for (const LintFinding& found : subject.findings) {
    if (found.counts() && reaches(found.finding.severity, fail_on)) {
      failures += failure(found);
    } else {
      others += in_words(found);
    }
  }
  Case made{fmt::format("    <testcase classname=\"addonctl.lint\" name=\"{}\" time=\"0\"",
                        xml_escaped(subject.path)),
            !failures.empty()};
  if (failures.empty() && others.empty()) {
    made.text += "/>\n";
    return made;
  }
  made.text += ">\n" + failures;
  if (!others.empty()) made.text += fmt::format("      <system-out>{}</system-out>\n", xml_escaped(others));
  made.text += "    </testcase>\n";
  return made;
}
}  // namespace

std::string to_junit(const LintResult& result) {
  std::string cases;
  std::size_t tests = 0;
  std::size_t failures = 0;
  for (const LintSubject& subject : result.subjects) {
    const Case made = case_of(subject, result.fail_on);
    cases += made.text;
    ++tests;
    if (made.failed) ++failures;
  }
  const std::string counts = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\"", tests, failures);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites {0}>\n  <testsuite name=\"addonctl lint\" {0} skipped=\"0\" time=\"0\">\n"
      "{1}  </testsuite>\n</testsuites>\n",
      counts, cases);
}

}  // namespace addon::cli
