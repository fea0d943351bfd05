// Paths that systemd opens, makes, gives away or removes as root for a unit of an ordinary user. What it does
// there was seen on a booted host: tests/host/cases/root_paths.sh.
#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

plan::InstallUnit with(const std::string& more) {
  return unit_from("probe", "probe.service",
                   std::string("[Service]\nUser=probe\nExecStart=") + own_program + "\n" + more + "\n");
}

SitePolicy allowing(const std::string& paths) {
  return policy_of("run_as: {allow: [probe]}\nunits: {names: ['*']}\npaths: {" + paths + "}\n");
}

std::string refused(const std::string& directive, const std::string& path) {
  return "probe.service:4 policy-root-path []: no policy line allows " + directive +
         "= of probe.service to have root open " + path + " | add \"" + path +
         "\" to paths.root_files, or to a grant for probe";
}

}  // namespace

TEST_CASE("each file that systemd opens as root needs a line") {
  struct Case {
    std::string directive, value, path;
  };
  for (const Case& one : std::vector<Case>{
           {"StandardOutput", "append:/etc/cron.d/x", "/etc/cron.d/x"},
           {"StandardOutput", "file:/etc/passwd", "/etc/passwd"},
           {"StandardError", "truncate:/etc/passwd", "/etc/passwd"},
           {"StandardInput", "file:/etc/shadow", "/etc/shadow"},
           {"StandardInput", "tty-force", "/dev/console"},
           {"TTYPath", "/dev/tty1", "/dev/tty1"},
           {"EnvironmentFile", "-/etc/secret.env", "/etc/secret.env"},
           {"LoadCredential", "key:/etc/shadow", "/etc/shadow"},
           {"LoadCredential", "key", "/etc/credstore/key"},
           {"LoadCredentialEncrypted", "key:/etc/shadow", "/etc/shadow"},
           {"OpenFile", "/etc/shadow:shadow:read-only", "/etc/shadow"},
           {"PIDFile", "/etc/nologin", "/etc/nologin"},
           {"PIDFile", "other.pid", "/run/other.pid"},
           {"USBFunctionStrings", "/etc/shadow", "/etc/shadow"},
           {"NetworkNamespacePath", "/proc/1/ns/net", "/proc/1/ns/net"},
           {"BindPaths", "-/root:/srv/x:rbind", "/root"},
           {"BindReadOnlyPaths", "/root", "/root"},
       }) {
    INFO(one.directive + "=" + one.value);
    const auto unit = with(one.directive + "=" + one.value);
    CHECK(refusals(policy_of(usual), {unit}) == Lines{refused(one.directive, one.path)});
    CHECK(refusals(allowing("root_files: ['" + one.path + "']"), {unit}).empty());
    CHECK(decisions(allowing("root_files: ['" + one.path + "']"), {unit}).back() ==
          "path " + one.path + " of " + one.directive + "= at probe.service:4 by policy.yaml:4");
  }
}

TEST_CASE("what is no path, and what the add-on brings itself to be read, needs none") {
  for (const char* line :
       {"StandardOutput=journal", "StandardInput=null", "StandardError=inherit",
        "PIDFile=", "EnvironmentFile=/opt/addons/probe/current/env",
        "BindReadOnlyPaths=/opt/addons/probe/current/data:/srv",
        "LoadCredential=key:/opt/addons/probe/versions/1.2.3/key", "Environment=A=/etc/shadow"}) {
    INFO(line);
    CHECK(refusals(policy_of(usual), {with(line)}).empty());
  }
  for (const char* line :
       {"StandardOutput=append:/opt/addons/probe/current/probe", "PIDFile=/opt/addons/probe/current/probe",
        "EnvironmentFile=/opt/addons/other/current/env"}) {
    INFO(line);
    CHECK(refusals(policy_of(usual), {with(line)}).size() == 1);
  }
}

TEST_CASE("a path that is not what it seems is covered by no pattern of root_files") {
  const SitePolicy policy = allowing("root_files: ['**'], state_dirs: ['**']");
  for (const char* line :
       {"EnvironmentFile=/etc/x/../shadow", "EnvironmentFile=/etc/*.env", "EnvironmentFile=%H",
        "LoadCredential=a:/etc/%m", "StandardOutput=append:/opt/addons/probe/current/../x",
        "StateDirectory=../etc", "StateDirectory=%m", "StateDirectory=a:../../etc"}) {
    INFO(line);
    CHECK(refusals(policy, {with(line)}).size() == 1);
  }
}

TEST_CASE("specifiers are resolved before a path is judged") {
  CHECK(refusals(allowing("root_files: ['/etc/probe/*']"), {with("EnvironmentFile=%E/%N/env")}).empty());
  CHECK(refusals(policy_of(usual), {with("StandardOutput=append:%S/x")}) ==
        Lines{refused("StandardOutput", "/var/lib/x")});
}

TEST_CASE("a value that systemd passes over does not hide the one before it") {
  CHECK(refusals(policy_of(usual), {with("StandardOutput=append:/etc/x\nStandardOutput=nonsense")}) ==
        Lines{refused("StandardOutput", "/etc/x")});
}

TEST_CASE("a directory of the system that a unit's user would be given needs a line of state_dirs") {
  struct Case {
    std::string directive, path;
  };
  for (const Case& one : std::vector<Case>{{"StateDirectory", "/var/lib/dpkg"},
                                           {"CacheDirectory", "/var/cache/dpkg"},
                                           {"LogsDirectory", "/var/log/dpkg"},
                                           {"RuntimeDirectory", "/run/dpkg"},
                                           {"ConfigurationDirectory", "/etc/dpkg"}}) {
    INFO(one.directive);
    const auto unit = with(one.directive + "=dpkg");
    CHECK(refusals(policy_of(usual), {unit}) ==
          Lines{"probe.service:4 policy-state-dir []: no policy line allows " + one.path + " by " +
                one.directive + "= of probe.service | add \"" + one.path +
                "\" to paths.state_dirs, or to a grant for probe"});
    CHECK(refusals(allowing("state_dirs: ['" + one.path + "']"), {unit}).empty());
  }
  CHECK(refusals(allowing("state_dirs: ['/run/a']"), {with("RuntimeDirectory=a:b")}).size() == 1);
}

TEST_CASE("no line allows an image that root would mount") {
  CHECK(
      refusals(allowing("root_files: ['**']"), {with("MountImages=/opt/addons/probe/current/x.img:/srv")}) ==
      Lines{
          "probe.service:4 policy-root-path []: MountImages= of probe.service is never allowed: root would "
          "mount a file system of the add-on's making, set-user-ID programs and all | remove MountImages="});
}

TEST_CASE("what units.forbid refuses is not refused again for its path") {
  const SitePolicy policy =
      policy_of("run_as: {allow: [probe]}\nunits: {names: ['*'], forbid: [EnvironmentFile]}\n");
  CHECK(refusals(policy, {with("EnvironmentFile=/etc/x")}).size() == 1);
}
