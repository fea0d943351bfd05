#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/parser.hpp"
#include "cli/bundle_sources.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "host/caller.hpp"
#include "host/program_runner.hpp"
#include "plan/plan.hpp"

namespace addon::cli {

/// Where a question to the caller is answered.
enum class Answers {
  here,  ///< on this process's own terminal
  later  ///< by another call, which says what it agrees to: the caller is another process
};

/// The side that asks for a verb: whose files its operands name, and who answers its questions. The same verb
/// runs for the process's own caller and, in addon-executor, for somebody who handed over open files.
class Desk {
 public:
  virtual ~Desk() = default;

  /// Whether an operand of apply is a saved plan, not a bundle.
  virtual bool is_plan_file(const std::string& operand) const = 0;
  /// As name_source().
  virtual SourceName name(const std::string& operand, const std::string& plan_file) const = 0;
  /// As locate_source().
  virtual SourceName locate(const std::string& name, const std::string& plan_file,
                            const std::optional<std::string>& below) const = 0;
  /// As open_sources().
  virtual Result<std::vector<executor::BundleSource>> open(const std::vector<SourceName>& sources,
                                                           const Opening& opening) = 0;
  /// As read_plan_file().
  virtual Result<plan::SavedPlan> read_plan(const std::string& file) = 0;
  /// As write_plan_file().
  virtual Result<> save_plan(const std::string& file, const Json& plan) = 0;

  virtual host::Caller caller() const = 0;
  virtual Answers answers() const = 0;
  /// Hears that from now on the verb changes the host, alone.
  virtual void begins() {}
  /// Hears what is being done.
  virtual void doing(std::string_view /*what*/) {}
  /// Who reads what installed versions say; null: this process. Owned by this.
  virtual bundle::Parser* parser() { return nullptr; }
  /// What runs add-ons' own programs, such as health checks.
  virtual std::unique_ptr<host::ProgramRunner> programs() const = 0;
};

/// The desk of the process's own caller.
class OwnDesk final : public Desk {
 public:
  bool is_plan_file(const std::string& operand) const override;
  SourceName name(const std::string& operand, const std::string& plan_file) const override;
  SourceName locate(const std::string& name, const std::string& plan_file,
                    const std::optional<std::string>& below) const override;
  Result<std::vector<executor::BundleSource>> open(const std::vector<SourceName>& sources,
                                                   const Opening& opening) override;
  Result<plan::SavedPlan> read_plan(const std::string& file) override;
  Result<> save_plan(const std::string& file, const Json& plan) override;
  host::Caller caller() const override;
  Answers answers() const override { return Answers::here; }
  std::unique_ptr<host::ProgramRunner> programs() const override;
};

}  // namespace addon::cli
