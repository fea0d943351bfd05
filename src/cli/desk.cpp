#include "cli/desk.hpp"

#include <filesystem>
#include <system_error>

#include "cli/plan_file.hpp"
#include "linux/caller.hpp"
#include "linux/program_runner.hpp"

namespace addon::cli {

namespace {
bool is_manifest_name(const std::string& path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }
}  // namespace

// A bundle is a directory, an archive, or named by its manifest; any other file is a saved plan.
bool OwnDesk::is_plan_file(const std::string& operand) const {
  std::error_code error;
  const auto type = std::filesystem::status(operand, error).type();
  return type != std::filesystem::file_type::directory && type != std::filesystem::file_type::not_found &&
         !is_manifest_name(operand) && !is_archive_file(operand);
}

SourceName OwnDesk::name(const std::string& operand, const std::string& plan_file) const {
  return name_source(operand, plan_file);
}

SourceName OwnDesk::locate(const std::string& name, const std::string& plan_file,
                           const std::optional<std::string>& below) const {
  return locate_source(name, plan_file, below);
}

Result<std::vector<executor::BundleSource>> OwnDesk::open(const std::vector<SourceName>& sources,
                                                          const Opening& opening) {
  return open_sources(sources, opening);
}

Result<plan::SavedPlan> OwnDesk::read_plan(const std::string& file) { return read_plan_file(file); }

Result<> OwnDesk::save_plan(const std::string& file, const Json& plan) { return write_plan_file(file, plan); }

host::Caller OwnDesk::caller() const { return linux::read_caller(); }

std::unique_ptr<host::ProgramRunner> OwnDesk::programs() const {
  return std::make_unique<linux::ProcessRunner>();
}

}  // namespace addon::cli
