#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "host/state.hpp"
#include "plan/compile.hpp"
#include "plan/generation.hpp"
#include "plan/plan.hpp"
#include "plan/release.hpp"

// Bundles, hosts and generations made by hand: nothing here touches a disk.
namespace addon::plan::test {

using Files = std::map<std::string, std::string>;

/// probe: a service with cap_net_raw, run by user "probe".
Files probe_files(const std::string& version = "1.0.0");
/// scan: a oneshot service that a timer starts; no capability, no user of its own.
Files scan_files(const std::string& version = "1.0.0");

/// relay: a sidecar of the agent with cap_net_raw, run by user "probe".
Files relay_files(const std::string& version = "1.0.0");
/// access: compiled into the agent, so that there is nothing but its manifest.
Files access_files(const std::string& version = "1.0.0");
/// The same with `requires.addons: [WHAT]`.
Files requiring(Files files, const std::string& what);

/// A bundle of these files as bundle::read_directory would give it. "addon.yaml" is the manifest.
bundle::Bundle make_bundle(const Files& files, const std::string& source = "bundles/it");

/// A live host with nothing of ours on it: it knows all capabilities, user "probe" (990:991), and
/// none of these add-ons' units.
host::HostState empty_host(const std::vector<bundle::Bundle>& bundles);
/// The same after the add-on was applied: staged, granted, current, enabled, and running.
void install(host::HostState& host, const bundle::Bundle& bundle);
/// A version directory beside the current one, without capabilities.
void add_version(host::HostState& host, const bundle::Bundle& bundle);
host::UnitState installed_unit(const ReleaseUnit& unit, const std::string& active_state);

/// Generation 7, in which these are active.
Generation generation_of(const std::vector<bundle::Bundle>& bundles);

/// compile() with a policy digest of the test's, on a host whose registry is the generation's.
Compiled plan_for(const Wish& wish, const Generation& generation, const host::HostState& host);
Wish apply(std::vector<bundle::Bundle> bundles);
Wish repair(const Generation& generation, const std::vector<bundle::Bundle>& readable);
Wish removal(std::initializer_list<const char*> ids);

/// Each step in one line: "set-capabilities probe 1.0.0/probe: cap_net_raw=ep". Those that write the
/// registry, which nearly every plan has, are not among them.
std::vector<std::string> lines(const Plan& plan);
/// All of them: "update-registry withdraw: -probe", "update-registry publish: ~probe +scan".
std::vector<std::string> all_lines(const Plan& plan);
/// "RULE: message" of each finding.
std::vector<std::string> messages(const std::vector<Finding>& findings);

AddonId id(const char* text);
Version version(const char* text);
UnitName unit_name(const char* text);
RelativePath path(const char* text);
host::FileCapabilities caps(std::initializer_list<const char*> names);
host::UnitStatus status_of(const UnitName& name, const std::string& active_state);

}  // namespace addon::plan::test
