#include "bundle/parser.hpp"

#include <utility>

#include "bundle/bundle.hpp"

namespace addon::bundle {

manifest::ParsedManifest OwnParser::manifest(std::string_view text, const std::string& file) {
  return manifest::parse_manifest(text, file);
}

AnalyzedUnit OwnParser::unit(const UnitName& name, std::string_view text, const std::string& file) {
  unit::ParsedUnit parsed = unit::parse_unit(text, file);
  unit::Analysis analysis = unit::analyze(parsed.unit, name);
  unit::Install install = unit::read_install(parsed.unit, name);
  std::vector<Finding> findings = std::move(parsed.findings);
  findings.insert(findings.end(), analysis.findings.begin(), analysis.findings.end());
  return {std::move(analysis.privileges), std::move(install), std::move(parsed.unit.directives),
          std::move(findings)};
}

Result<minisign::Signature> OwnParser::signature(std::string_view text, const std::string& file) {
  return minisign::parse_signature(text, file);
}

void read_signature(Bundle& bundle, Parser& parser) {
  if (!bundle.signature) return;
  bundle.signature->read = parser.signature(bundle.signature->text, bundle.signature->file);
}

}  // namespace addon::bundle
