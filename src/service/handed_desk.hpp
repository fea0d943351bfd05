#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/desk.hpp"
#include "service/caged_reader.hpp"
#include "service/call.hpp"
#include "service/worker_channel.hpp"

namespace addon::service {

/// The desk of a caller behind the bus: what was handed over, under the names that they gave it. No name of
/// theirs is ever opened.
class HandedDesk final : public cli::Desk {
 public:
  /// Takes over all that came with the call: from then on the caller cannot change it. Waits as long as their
  /// filesystems do. Keeps the references.
  static Result<std::unique_ptr<HandedDesk>> take_over(const Call& call, ChannelWriter& daemon);

  bool is_plan_file(const std::string& operand) const override;
  cli::SourceName name(const std::string& operand, const std::string& plan_file) const override;
  cli::SourceName locate(const std::string& name, const std::string& plan_file,
                         const std::optional<std::string>& below) const override;
  Result<std::vector<executor::BundleSource>> open(const std::vector<cli::SourceName>& sources,
                                                   const cli::Opening& opening) override;
  Result<plan::SavedPlan> read_plan(const std::string& file) override;
  /// The caller saves it.
  Result<> save_plan(const std::string& /*file*/, const Json& /*plan*/) override { return {}; }
  host::Caller caller() const override { return call_.caller; }
  cli::Answers answers() const override { return cli::Answers::later; }
  std::unique_ptr<host::ProgramRunner> programs() const override;
  bundle::Parser* parser() override { return &reader_.parser(); }
  void begins() override;
  void doing(std::string_view what) override;

 private:
  HandedDesk(const Call& call, ChannelWriter& daemon, const linux::CageTerms& terms)
      : call_(call), daemon_(daemon), reader_(terms) {}

  Result<executor::BundleSource> open_one(std::size_t index, const cli::Opening& opening);

  const Call& call_;
  ChannelWriter& daemon_;
  CagedReader reader_;
  std::vector<std::unique_ptr<host::File>> parts_;  ///< one for each source
  std::unique_ptr<host::File> plan_;
};

}  // namespace addon::service
