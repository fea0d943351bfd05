// Units: any text is read, the same again, and findings lie in it. What a unit gains by a drop-in it is seen
// to gain.
#include <algorithm>

#include "core/json.hpp"
#include "fuzz/property.hpp"
#include "unit/install.hpp"
#include "unit/load.hpp"
#include "unit/privileges.hpp"
#include "unit/unit_file.hpp"

namespace addon::fuzz {

namespace {

using unit::Analysis;
using unit::FullName;
using unit::UnitFile;

const FullName service = *FullName::parse("probe@eth0.service");
const FullName timer = *FullName::parse("probe.timer");

Analysis with(UnitFile unit, std::string_view drop_in) {
  unit::add_drop_in(unit, unit::parse_unit(drop_in, "drop-in.conf").unit);
  return unit::analyze(unit, service);
}

void check_drop_ins(const UnitFile& unit, const unit::Privileges& before) {
  const CapabilitySet admin{*Capability::from_name("cap_sys_admin")};
  const auto more = with(unit,
                         "[Service]\nAmbientCapabilities=CAP_SYS_ADMIN\nCapabilityBoundingSet=CAP_SYS_ADMIN\n"
                         "User=root\nExecStartPre=+/bin/true\n")
                        .privileges;
  must(more.ambient.value.contains(before.ambient.value) && more.ambient.value.contains(admin),
       "a capability more is a capability more");
  must(more.bounding.value.contains(admin), "a wider bounding set is seen");
  // The first capability that is named replaces a set of all, also one that was said to be all.
  must(more.bounding.value == admin || more.bounding.value.contains(before.bounding.value),
       "what is added to a bounding set takes nothing from it");
  must(more.runs_as_root(), "root is root, whatever stands before");
  must(std::any_of(more.exec.begin(), more.exec.end(),
                   [](const unit::ExecCommand& each) {
                     return each.program == "/bin/true" && each.has_prefix("+") &&
                            each.at.file == "drop-in.conf";
                   }),
       "a command more is a command more");
  const auto less = with(unit, "[Service]\nAmbientCapabilities=\nNoNewPrivileges=yes\n").privileges;
  must(less.ambient.value.empty(), "what is reset is empty");
  must(less.no_new_privileges_effective.value, "what forbids new privileges forbids them");
}

bool is_one_name(std::string_view text) {
  return !text.empty() && text != "." && text != ".." &&
         text.find_first_of({"/\n\0", 3}) == std::string_view::npos;
}

void check_analysis(const UnitFile& unit, const FullName& name, std::string_view text) {
  const Analysis analysis = unit::analyze(unit, name);
  check_findings(analysis.findings, text, Place::optional);
  must(words_of(analysis.findings) == words_of(unit::analyze(unit, name).findings),
       "analysis is deterministic");
  const Json json = to_json(analysis.privileges);
  must(canonical(to_json(unit::privileges_from_json(json))) == canonical(json),
       "privileges are the same as JSON");
  const unit::Install install = unit::read_install(unit, name);
  for (const unit::InstallLink& link : unit::install_links(install, name)) {
    // A name may have a backslash, with which bundles are refused.
    const auto slash = link.path.find('/');
    must(is_one_name(std::string_view(link.path).substr(0, slash)) && slash != std::string::npos &&
             is_one_name(std::string_view(link.path).substr(slash + 1)),
         "a link stands in a directory beside the unit", link.path);
  }
}

void check_words(const UnitFile& unit) {
  for (const unit::Directive& directive : unit.directives) {
    const auto words = unit::split_words(directive.value);
    if (!words) continue;
    must(words->size() <= directive.value.size(), "there are not more words than characters");
    unit::parse_boolean(directive.value);
  }
}

void look_at(std::string_view text) {
  const unit::ParsedUnit parsed = unit::parse_unit(text, "probe@.service");
  check_findings(parsed.findings, text, Place::needed);
  must(words_of(parsed.findings) == words_of(unit::parse_unit(text, "probe@.service").findings),
       "parsing is deterministic");
  for (const unit::Directive& directive : parsed.unit.directives) {
    check_place(directive.at, text, Place::needed);
    must(!directive.key.empty() && parsed.unit.last(directive.section, directive.key) != nullptr,
         "a directive has a name, and is found by it");
  }
  check_words(parsed.unit);
  check_analysis(parsed.unit, service, text);
  check_analysis(parsed.unit, timer, text);
  check_drop_ins(parsed.unit, unit::analyze(parsed.unit, service).privileges);
  if (const auto name = FullName::parse(text)) {
    must(is_one_name(name->str()), "the name of a unit is safe as one of a file", text);
    check_analysis(parsed.unit, *name, text);
  }
}

}  // namespace

}  // namespace addon::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  addon::fuzz::look_at(addon::fuzz::text_of(data, size));
  return 0;
}
