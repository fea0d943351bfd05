#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

/// A service of probe 1.2.3 that runs this, at line 3.
plan::InstallUnit running(const std::string& program, const std::string& more = "") {
  return unit_from("probe", "probe.service", "[Service]\nUser=probe\nExecStart=" + program + "\n" + more);
}

SitePolicy policy_with_paths(const std::string& paths) {
  return policy_of("run_as: {allow: [probe]}\nunits:\n  names: ['*']\n  exec_paths: [" + paths + "]\n");
}

std::string impossible(const std::string& program, const std::string& why_and_fix) {
  return "probe.service:3 policy-exec-path []: ExecStart= of probe.service runs " + program +
         ", and no policy line can allow it: " + why_and_fix;
}

/// Those of programs: what is mounted needs lines, too.
Lines of_programs(const Lines& findings) {
  Lines found;
  for (const std::string& line : findings) {
    if (line.find(" policy-exec-path ") != std::string::npos) found.push_back(line);
  }
  return found;
}

}  // namespace

TEST_CASE("the add-on's own files may be run by either of their paths") {
  CHECK(refusals(policy_of(usual), {running("/opt/addons/probe/current/bin/probe")}).empty());
  CHECK(refusals(policy_of(usual), {running("/opt/addons/probe/versions/1.2.3/probe")}).empty());
}

TEST_CASE("any other program needs a line") {
  for (const std::string program :
       {"/bin/sh", "/opt/addons/other/current/x", "/opt/addons/probe/versions/1.2.4/probe",
        "/opt/addons/probe/currently/x", "/opt/addons/probe/current"}) {
    CHECK(refusals(policy_with_paths("'/usr/bin/*'"), {running(program + " -c true")}) ==
          Lines{"probe.service:3 policy-exec-path []: no policy line allows ExecStart= of probe.service to "
                "run " +
                program + " | add \"" + program + "\" to units.exec_paths, or to a grant for probe"});
  }
  CHECK(decisions(policy_with_paths("'/usr/bin/*', '/bin/sh'"), {running("/bin/sh -c true")}).back() ==
        "program /bin/sh at probe.service:3 by policy.yaml:5");
}

TEST_CASE("each command of each Exec line is judged") {
  const plan::InstallUnit unit = running("/opt/addons/probe/current/probe ; /bin/evil",
                                         "ExecStartPre=/bin/pre\nExecStopPost=/bin/post\n");
  const Lines found = refusals(policy_of(usual), {unit});
  REQUIRE(found.size() == 3);
  CHECK(found[0].find("to run /bin/evil") != std::string::npos);
  CHECK(found[1].find("ExecStartPre= of probe.service to run /bin/pre") != std::string::npos);
  CHECK(found[2].find("ExecStopPost= of probe.service to run /bin/post") != std::string::npos);
}

TEST_CASE("a path that is not what it seems is allowed by no pattern") {
  const SitePolicy policy = policy_with_paths("'**'");
  CHECK(refusals(policy, {running("sleep")}) ==
        Lines{impossible("sleep",
                         "systemd looks for that name in several directories | write the program's "
                         "absolute path")});
  CHECK(refusals(policy, {running("/opt/addons/probe/current/../../../../bin/sh")}) ==
        Lines{impossible("/opt/addons/probe/current/../../../../bin/sh",
                         "the path has '.', '..' or '//' | write the path without them")});
  CHECK(refusals(policy, {running("%H/evil")}) ==
        Lines{impossible("%H/evil", "what a specifier stands for depends on the host | write the path out")});
}

TEST_CASE("a program is not judged by a path at which the unit puts something else") {
  const SitePolicy policy = policy_with_paths("'/usr/bin/**'");
  const std::string own = own_program;
  const auto replaced = [&](const std::string& directive) {
    return Lines{impossible(
        own,
        directive + "= at probe.service:4:1 puts something else at that path | remove " + directive + "=")};
  };
  CHECK(refusals(policy, {running(own, "RootDirectory=/srv/evil\n")}) == replaced("RootDirectory"));
  CHECK(refusals(policy, {running(own, "RootImage=/srv/evil.raw\n")}) == replaced("RootImage"));
  CHECK(refusals(policy, {running(own, "ExtensionDirectories=/srv/evil\n")}) ==
        replaced("ExtensionDirectories"));
  for (const std::string& binds :
       Lines{"/srv/evil:/opt/addons/probe", "/srv/evil:" + own, "-/srv/a:/b /srv/evil:/opt:rbind",
             "/srv/evil:/", "/srv/evil:/x/../opt", "/srv/evil:%E", "/srv/a\\\\:b:/c"}) {
    INFO(binds);
    CHECK(of_programs(refusals(policy, {running(own, "BindPaths=" + binds + "\n")})) ==
          replaced("BindPaths"));
    CHECK(of_programs(refusals(policy, {running(own, "BindReadOnlyPaths=" + binds + "\n")})) ==
          replaced("BindReadOnlyPaths"));
  }
  CHECK(
      of_programs(refusals(policy, {running(own, "BindPaths=/srv/data /srv/evil:/opt/addons/pro /a:/b/\n")}))
          .empty());
  CHECK(refusals(policy, {running(own, "RootDirectory=/srv/evil\nRootDirectory=\n")}).empty());
}

TEST_CASE("where the directive is forbidden, what it does to the program is not told again") {
  const SitePolicy policy =
      policy_of("run_as: {allow: [probe]}\nunits: {names: ['*'], forbid: [RootDirectory]}\n");
  CHECK(refusals(policy, {running(own_program, "RootDirectory=/srv\n")}).size() == 1);
}
