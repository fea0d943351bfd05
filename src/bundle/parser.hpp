#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bundle/minisign.hpp"
#include "core/finding.hpp"
#include "core/result.hpp"
#include "core/unit_name.hpp"
#include "manifest/manifest.hpp"
#include "unit/install.hpp"
#include "unit/privileges.hpp"
#include "unit/unit_file.hpp"

namespace addon::bundle {

struct Bundle;

/// What a unit's text says.
struct AnalyzedUnit {
  unit::Privileges privileges;
  unit::Install install;
  std::vector<unit::Directive> directives;
  std::vector<Finding> findings;
};

/// Reads the texts of a bundle that somebody else wrote. Findings call each `file`. Where the reading itself
/// fails there is a finding, too, an error.
class Parser {
 public:
  virtual ~Parser() = default;
  virtual manifest::ParsedManifest manifest(std::string_view text, const std::string& file) = 0;
  virtual AnalyzedUnit unit(const UnitName& name, std::string_view text, const std::string& file) = 0;
  /// As minisign::parse_signature().
  virtual Result<minisign::Signature> signature(std::string_view text, const std::string& file) = 0;
};

/// Has the signature's text of a bundle read, if it has one, before verify_signature() looks at it.
void read_signature(Bundle& bundle, Parser& parser);

/// Does so in this process.
class OwnParser final : public Parser {
 public:
  manifest::ParsedManifest manifest(std::string_view text, const std::string& file) override;
  AnalyzedUnit unit(const UnitName& name, std::string_view text, const std::string& file) override;
  Result<minisign::Signature> signature(std::string_view text, const std::string& file) override;
};

}  // namespace addon::bundle
