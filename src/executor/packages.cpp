#include "executor/packages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "bundle/machine.hpp"
#include "bundle/package.hpp"
#include "core/text.hpp"
#include "executor/program_trust.hpp"
#include "executor/unit_files.hpp"

namespace addon::executor {

namespace {

// Where packages put units: systemd.unit(5). The one may be a link to the other.
constexpr std::array<std::string_view, 2> unit_directories = {"/usr/lib/systemd/system",
                                                              "/lib/systemd/system"};

/// Whether the path is one of the package's, where /lib, /bin and /sbin are links into /usr.
bool is_listed(const std::vector<std::string>& files, std::string_view path) {
  const auto below_usr = [](std::string_view one) { return one.starts_with("/usr/") ? one.substr(4) : one; };
  return std::any_of(files.begin(), files.end(),
                     [&](const std::string& file) { return below_usr(file) == below_usr(path); });
}

class Look {
 public:
  Look(bundle::Bundle& bundle, Ports& ports) : bundle_(bundle), ports_(ports), files_(ports.root) {}

  Result<std::vector<Finding>> run() && {
    const auto& asked = bundle_.manifest.package;
    host::PackageState state;
    state.has_databases = !ports_.packages.empty();
    if (!asked) return bundle::use_package(bundle_, std::move(state));
    state.name = asked->name;
    host::PackageDatabase* owner = nullptr;
    host::DatabasePackage package;
    for (host::PackageDatabase* database : ports_.packages) {
      auto found =
          TRY_CONTEXT(fmt::format("cannot look for package {}", asked->name), database->find(asked->name));
      if (!found || (owner != nullptr && !found->is_installed())) continue;
      owner = database;
      package = std::move(*found);
      if (package.is_installed()) break;
    }
    if (owner == nullptr) return bundle::use_package(bundle_, std::move(state));
    state.database = owner->name();
    state.state = package.state;
    state.version = package.version;
    std::vector<Finding> findings;
    if (package.is_installed()) {
      TRY(compare(*owner, state, findings));
      TRY(units(package.files, state));
      TRY(program(package.files, state));
    }
    std::vector<Finding> more = bundle::use_package(bundle_, std::move(state));
    std::move(more.begin(), more.end(), std::back_inserter(findings));
    return findings;
  }

 private:
  Result<> compare(host::PackageDatabase& database, host::PackageState& state,
                   std::vector<Finding>& findings) {
    const manifest::RequiredPackage& asked = *bundle_.manifest.package;
    state.is_new_enough = true;
    if (asked.comparison.empty()) return {};
    const auto met = database.meets(state.version, asked.comparison, asked.version);
    if (met) {
      state.is_new_enough = *met;
      return {};
    }
    if (met.error().kind() != ErrorKind::invalid) return tl::unexpected(met.error());
    Finding finding =
        make_finding(rules::version_constraint, "requires.package.version: " + met.error().message(),
                     asked.at, asked.pointer);
    finding.addon = bundle_.manifest.id.value.str();
    finding.fix = fmt::format("write it as {} does", state.database);
    findings.push_back(std::move(finding));
    return {};
  }

  // Further names of a unit are links, and no units.
  Result<> units(const std::vector<std::string>& files, host::PackageState& state) {
    for (const std::string_view directory : unit_directories) {
      const unit::UnitListing listing = TRY(files_.list(std::string(directory)));
      for (const unit::UnitEntry& entry : listing.entries) {
        const auto name = UnitName::parse(entry.name);
        const std::string path = fmt::format("{}/{}", listing.path, entry.name);
        const bool is_known = std::any_of(state.units.begin(), state.units.end(),
                                          [&](const host::PackageUnit& unit) { return unit.path == path; });
        if (!name || entry.kind != unit::UnitEntry::Kind::file || is_known || !is_listed(files, path))
          continue;
        auto text = TRY(files_.read(path));
        if (!text) continue;
        host::ProgramState trust = TRY(inspect_program(ports_.root, path));
        state.units.push_back({*name, path, std::move(*text), std::move(trust.writable)});
      }
    }
    std::sort(state.units.begin(), state.units.end(),
              [](const host::PackageUnit& a, const host::PackageUnit& b) { return a.name < b.name; });
    return {};
  }

  // systemd runs what a unit names; an agent runs what the manifest names.
  Result<> program(const std::vector<std::string>& files, host::PackageState& state) {
    if (bundle_.manifest.supervision.value != manifest::Supervision::agent_sidecar) return {};
    host::PackageProgram program;
    program.path = fmt::format("{}/{}", bundle_.manifest.install_path, bundle_.manifest.binary.value.str());
    program.is_owned = is_listed(files, program.path);
    program.writable = TRY(inspect_program(ports_.root, program.path)).writable;
    const auto relative = RelativePath::parse(program.path.substr(1));
    const auto file = relative ? ports_.root.open_file(*relative) : tl::unexpected(Error("no such path"));
    if (file) {
      program.is_present = true;
      constexpr unsigned set_id = 06000;
      program.has_rights =
          (TRY((*file)->state()).mode & set_id) != 0 || !TRY((*file)->capabilities()).empty();
      std::array<char, bundle::kMachineBytes> head{};
      const std::size_t got = TRY((*file)->read(std::as_writable_bytes(std::span(head))));
      program.head.assign(head.data(), got);
    }
    state.program = std::move(program);
    return {};
  }

  bundle::Bundle& bundle_;
  Ports& ports_;
  UnitFiles files_;
};

}  // namespace

Result<std::vector<Finding>> look_at_package(bundle::Bundle& bundle, Ports& ports) {
  if (bundle.manifest.delivery.value != manifest::Delivery::os_package) return std::vector<Finding>{};
  return Look(bundle, ports).run();
}

}  // namespace addon::executor
