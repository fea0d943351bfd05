#include "cli/unit_operands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "cli/read_text.hpp"
#include "core/text.hpp"
#include "executor/unit_files.hpp"

namespace addon::cli {

namespace {
namespace fs = std::filesystem;
constexpr std::size_t kLargestUnit = std::size_t{1} << 24U;

Finding unreadable(std::string message, const std::string& file) {
  return make_finding(rules::document_unreadable, std::move(message), {file, 0, 0});
}

Result<unit::FullName> name_of(const std::string& operand) {
  const auto name = unit::FullName::parse(operand.substr(operand.rfind('/') + 1));
  if (name && (name->suffix() == ".service" || name->is_timer())) return *name;
  return tl::unexpected(
      Error(fmt::format("cannot analyse {}: its name is not that of a .service or .timer", quoted(operand)),
            ErrorKind::usage));
}

bool leads_to_null(const std::string& path) {
  std::error_code ignored;
  return fs::canonical(path, ignored) == "/dev/null";
}

// Beside the file; sorted by name, as they are applied.
std::vector<std::string> drop_ins_of(const std::string& file) {
  std::vector<std::string> paths;
  std::error_code ignored;
  fs::directory_iterator entry(file + ".d", ignored);
  for (; !ignored && entry != fs::directory_iterator(); entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (name.ends_with(".conf") && !name.starts_with('.')) paths.push_back(entry->path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<unit::LoadedUnit> load_file(const std::string& file, const unit::FullName& name) {
  unit::LoadedUnit loaded{name, {name, {}, file}, unit::LoadState::masked, {}, {}, {}};
  loaded.unit.file = file;
  for (std::string& path : drop_ins_of(file)) loaded.drop_ins.push_back({std::move(path), name.str()});
  if (leads_to_null(file)) return loaded;
  const std::string text = TRY(read_text(file, kLargestUnit));
  if (text.empty()) return loaded;
  loaded.state = unit::LoadState::loaded;
  unit::ParsedUnit parsed = unit::parse_unit(text, file);
  loaded.unit = std::move(parsed.unit);
  loaded.findings = std::move(parsed.findings);
  for (const unit::DropIn& drop_in : loaded.drop_ins) {
    if (leads_to_null(drop_in.path)) continue;
    unit::ParsedUnit more = unit::parse_unit(TRY(read_text(drop_in.path, kLargestUnit)), drop_in.path);
    unit::add_drop_in(loaded.unit, std::move(more.unit));
    loaded.findings.insert(loaded.findings.end(), more.findings.begin(), more.findings.end());
  }
  return loaded;
}

// The host's units, read when the first is asked for.
class HostUnits {
 public:
  explicit HostUnits(const Context& context) : context_(context) {}

  Result<> open() {
    if (index_) return {};
    session_ = TRY(Session::open(context_));
    files_.emplace(session_->root());
    index_ = TRY(unit::UnitIndex::read(*files_));
    return {};
  }

  // Precondition: opened.
  Result<unit::LoadedUnit> load(const unit::FullName& name) {
    unit::LoadedUnit loaded = TRY(unit::load_unit(*files_, *index_, name));
    if (loaded.state != unit::LoadState::not_found) return loaded;
    return tl::unexpected(Error(fmt::format("this host has no unit {}", name.str()), ErrorKind::invalid));
  }

 private:
  const Context& context_;
  std::unique_ptr<Session> session_;
  std::optional<executor::UnitFiles> files_;
  std::optional<unit::UnitIndex> index_;
};

bool is_file(const std::string& operand, const GlobalOptions& options) {
  if (operand.find('/') != std::string::npos) return true;
  std::error_code ignored;
  return options.root.empty() && fs::exists(operand, ignored);
}
}  // namespace

Result<AnalyzedUnits> analyze_operands(const std::vector<std::string>& operands, const Context& context) {
  AnalyzedUnits out;
  HostUnits host(context);
  for (const std::string& operand : operands) {
    const unit::FullName name = TRY(name_of(operand));
    const bool from_file = is_file(operand, context.options);
    if (!from_file) TRY(host.open());
    auto loaded = from_file ? load_file(operand, name) : host.load(name);
    if (loaded) {
      out.units.push_back(unit::analyze(std::move(*loaded)));
    } else {
      out.findings.push_back(unreadable(loaded.error().message(), from_file ? operand : std::string()));
    }
  }
  return out;
}

}  // namespace addon::cli
