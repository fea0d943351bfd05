#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "bundle/archive.hpp"
#include "bundle/bundle.hpp"
#include "bundle/parser.hpp"
#include "core/result.hpp"
#include "host/accounts.hpp"
#include "host/directory.hpp"
#include "linux/cage.hpp"
#include "plan/plan.hpp"

namespace addon::service {

/// For the user addonctl-parse, where there is one, else for nobody's number (65534). Errors: the database of
/// users cannot be asked.
Result<linux::CageTerms> cage_terms(host::Accounts& accounts);

/// What a process without privileges answers to a text.
using Answer = std::function<std::string(std::string_view text)>;

/// The answer of a caged process that gets a text of at most kMaxAsked bytes: at most kMaxWireBytes. Errors:
/// one finding reader-failed in `file` where there is none; an interruption.
inline constexpr std::size_t kMaxAsked = (std::size_t{64} << 20) + 1;
Result<std::string> ask_caged(const linux::CageTerms& terms, std::string_view text, const std::string& file,
                              const Answer& answer);

/// Reads manifests, units and signatures in caged processes, a new one for each: what takes over the one that
/// reads the manifest has no say in what a unit means. What could not be read has one finding reader-failed.
class CagedParser final : public bundle::Parser {
 public:
  explicit CagedParser(linux::CageTerms terms) : terms_(terms) {}
  manifest::ParsedManifest manifest(std::string_view text, const std::string& file) override;
  bundle::AnalyzedUnit unit(const UnitName& name, std::string_view text, const std::string& file) override;
  Result<bundle::minisign::Signature> signature(std::string_view text, const std::string& file) override;

 private:
  linux::CageTerms terms_;
};

/// What unpacks an archive in a caged process.
linux::Caged walk_in_cage(const std::string& source, bundle::Form form);
/// Feeds it with the tap's bytes, which are hashed here, to their end, and takes the files that come from it.
/// Errors: a finding reader-failed in `source` where it fails or lies; else as bundle::walk_archive().
Result<bundle::Walked> hear_walk(const linux::CageTerms& terms, const linux::Caged& walk,
                                 bundle::ByteTap& tap, const std::string& source, bundle::FileTaker& files);

/// Reads what a caller sent in processes without privileges, and checks again what they hand back: the same
/// contracts, findings and errors as the functions of the same names, and one finding more, reader-failed.
/// This process hashes bytes, writes files and decodes lists of numbers and texts (wire.hpp); it runs no
/// unpacker and no parser. Memory does not grow with a bundle's size. See run_caged() for its preconditions;
/// docs/decisions/0035 says what a caged process could still lie about.
class CagedReader {
 public:
  explicit CagedReader(linux::CageTerms terms) : terms_(terms), parser_(terms) {}
  virtual ~CagedReader() = default;
  CagedReader(const CagedReader&) = delete;
  CagedReader& operator=(const CagedReader&) = delete;

  /// bundle::read_archive(), with Form::directory of a directory that was packed for its way; its signature
  /// has been read. What was written to `into` is gone where there is no bundle, or not all of it could be
  /// written.
  Result<bundle::ReadBundle> read_archive(host::File& file, const std::string& source,
                                          bundle::ArchiveOptions options);
  /// plan::read_saved_plan() of a file's rest.
  Result<plan::SavedPlan> read_plan(host::File& file, const std::string& name);
  /// For what else is read of a bundle: installed versions (executor::Ports::parser), the signature that came
  /// beside an archive (bundle::read_signature).
  bundle::Parser& parser() { return parser_; }

 protected:
  /// What unpacks an archive in its cage. Tests have it lie.
  virtual linux::Caged walker(const std::string& source, bundle::Form form) const {
    return walk_in_cage(source, form);
  }

 private:
  linux::CageTerms terms_;
  CagedParser parser_;
};

}  // namespace addon::service
