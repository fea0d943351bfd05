#include "cli/lint/fingerprint.hpp"

#include <filesystem>
#include <map>
#include <system_error>
#include <tuple>

#include "cli/render_findings.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace addon::cli {

std::string report_path(const std::string& file, const std::string& working_directory) {
  if (file.empty()) return file;
  std::string path = std::filesystem::path(file).lexically_normal().string();
  const std::string folder = working_directory.ends_with('/') ? working_directory : working_directory + "/";
  if (path.size() > folder.size() && path.starts_with(folder)) path.erase(0, folder.size());
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::string fingerprint(std::string_view rule, std::string_view path, std::string_view line,
                        std::size_t occurrence) {
  return digest_of(Json::array({rule, path, trim(line), occurrence})).hex();
}

void fingerprint(std::vector<LintSubject>& subjects) {
  std::error_code ignored;
  const std::string here = std::filesystem::current_path(ignored).string();
  SourceLines sources;
  std::map<std::tuple<std::string_view, std::string, std::string>, std::size_t> seen;
  for (LintSubject& subject : subjects) {
    subject.path = report_path(subject.name, here);
    for (LintFinding& found : subject.findings) {
      const Finding& finding = found.finding;
      found.path = report_path(finding.at.file, here);
      const std::string line(trim(sources.line(finding.at.file, finding.at.line)));
      const std::size_t occurrence = ++seen[{finding.rule->id, found.path, line}];
      found.fingerprint = fingerprint(finding.rule->id, found.path, line, occurrence);
    }
  }
}

}  // namespace addon::cli
