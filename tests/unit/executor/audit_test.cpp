// What the audit log says of each run, and that nobody changes it unseen.
#include "executor/audit.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "core/text.hpp"
#include "linux/directory.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;

namespace {
const std::string kLog = "var/lib/addonctl/audit.log";
const std::string kHead = "var/lib/addonctl/audit.head";

Lines lines_of(const std::string& path) {
  Lines lines;
  const std::string text = read_file(path);
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

void write_lines(const std::string& path, const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  write_file(path, text);
}

// "VERB OUTCOME GENERATION: SUMMARY" of each line.
Lines told(const Host& host) {
  Lines told;
  for (const std::string& line : lines_of(host / kLog)) {
    const Json json = Json::parse(line);
    told.push_back(json["verb"].get<std::string>() + " " + json["outcome"].get<std::string>() + " " +
                   std::to_string(json["generation"].get<int>()) + ": " + json["summary"].get<std::string>());
  }
  return told;
}

AuditState checked(const Host& host) {
  const auto root = linux::open_root(host / "");
  REQUIRE(root);
  auto state = check_audit(**root);
  REQUIRE(error_of(state) == "");
  return std::move(*state);
}

std::string problem(const Host& host) {
  const AuditState state = checked(host);
  INFO(join(state.problems, "\n"));
  CHECK(state.problems.size() == 1);
  return state.problems.empty() ? "" : state.problems.front().substr((host / "").size() - 1);
}

// Five lines.
void prepare_audit(Host& host) {
  for (const char* version : {"1.0.0", "1.1.0", "1.2.0"}) host.install("probe", probe_files(version));
  host.must(host.rollback("probe"));
  host.must(Host::remove({"probe"}));
}
}  // namespace

TEST_CASE("each run that changes the host is a line, whether it succeeds or is undone") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  Files failing = probe_files("1.1.0");
  failing["probe.service"] += "[Service]\nNice=5\n";
  host.write_bundle("probe", failing);
  host.units.behaviours["Nice=5"] = addon::test::Behaviour::refuses;
  REQUIRE(kind_of(host.run(host.apply({"probe"}))) == ErrorKind::rolled_back);
  host.write_bundle("probe", probe_files("1.1.0"));
  host.must(host.apply({"probe"}));
  host.must(host.rollback("probe"));
  host.must(Host::remove({"probe"}));
  CHECK(told(host) ==
        Lines{"apply done 1: added probe 1.0.0", "apply rolled-back 2: changed probe 1.0.0 to 1.1.0",
              "apply done 2: changed probe 1.0.0 to 1.1.0", "rollback done 3: changed probe 1.1.0 to 1.0.0",
              "remove done 4: removed probe 1.0.0"});
  CHECK(checked(host).problems == Lines{});
  CHECK(checked(host).lines == 5);
  CHECK(checked(host).last_generation == 4);
  struct stat state {};
  REQUIRE(stat((host / kLog).c_str(), &state) == 0);
  CHECK((state.st_mode & 07777U) == 0600);
}

TEST_CASE("a line names the plan, the policy and who asked") {
  NEEDS_ROOT();
  Host host;
  host.caller = {
      .uid = 0, .user = "root", .login_uid = 1000, .login_user = "anna", .remote_host = "192.0.2.7"};
  host.write_bundle("probe", probe_files("1.0.0"));
  const auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(prepared);
  REQUIRE(error_of(host.execute(*prepared)) == "");
  const Json line = Json::parse(lines_of(host / kLog).front());
  CHECK(line["plan_digest"] == plan::digest_of(prepared->plan).str());
  CHECK(line["policy_digest"] == prepared->plan.policy.str());
  CHECK(line["addons"] == Json{"probe"});
  CHECK(line["caller"]["login_user"] == "anna");
  CHECK(line["caller"]["remote_host"] == "192.0.2.7");
  const auto root = linux::open_root(host / "");
  const auto generations = read_generations(**root);
  REQUIRE(generations);
  CHECK(generations->last().caller == host.caller);
}

TEST_CASE("a changed log is found by the line that was changed") {
  NEEDS_ROOT();
  Host host;
  prepare_audit(host);
  REQUIRE(checked(host).problems == Lines{});
  Lines lines = lines_of(host / kLog);
  SECTION("an edited line") {
    lines[2].replace(lines[2].find("1.1.0"), 5, "1.9.0");
    write_lines(host / kLog, lines);
    CHECK(problem(host) ==
          "/var/lib/addonctl/audit.log:3: the line was changed: its hash does not fit what it says");
  }
  SECTION("the only line there is") {
    lines.resize(1);
    write_file(host / kHead, head_text(AuditLine::parse(lines[0])->link));
    lines[0].replace(lines[0].find("1.0.0"), 5, "1.9.0");
    write_lines(host / kLog, lines);
    CHECK(problem(host) ==
          "/var/lib/addonctl/audit.log:1: the line was changed: its hash does not fit what it says");
  }
  SECTION("an edited line with a hash that fits") {
    Json record = Json::parse(lines[2]);
    record.erase("hash");
    record["summary"] = "nothing";
    const auto before = AuditLine::parse(lines[1]);
    REQUIRE(before);
    lines[2] = AuditLine::after(before->link, record).text();
    write_lines(host / kLog, lines);
    CHECK(problem(host) ==
          "/var/lib/addonctl/audit.log:4: the line before it is another one than when it was written");
  }
  SECTION("the last line, with a hash that fits") {
    Json record = Json::parse(lines[4]);
    record.erase("hash");
    record["summary"] = "nothing";
    lines[4] = AuditLine::after(AuditLine::parse(lines[3])->link, record).text();
    write_lines(host / kLog, lines);
    CHECK_THAT(checked(host).problems.at(0),
               Catch::StartsWith("line 5 of the audit log, its last, is another one"));
  }
  SECTION("a removed line") {
    lines.erase(lines.begin() + 2);
    write_lines(host / kLog, lines);
    CHECK(problem(host) ==
          "/var/lib/addonctl/audit.log:3: it is line 4 of the log and follows line 2: 1 between them is "
          "missing");
  }
  SECTION("the first line removed") {
    lines.erase(lines.begin());
    write_lines(host / kLog, lines);
    CHECK(problem(host) ==
          "/var/lib/addonctl/audit.log:1: it is line 2 of the log, and those before it are missing");
  }
  SECTION("two lines that changed places") {
    std::swap(lines[1], lines[2]);
    write_lines(host / kLog, lines);
    CHECK_THAT(problem(host), Catch::StartsWith("/var/lib/addonctl/audit.log:2: it is line 3 of the log"));
  }
  SECTION("an end that was cut off") {
    lines.resize(3);
    write_lines(host / kLog, lines);
    CHECK_THAT(checked(host).problems.at(0), Catch::Contains("the audit log ends with line 3;") &&
                                                 Catch::Contains("says that there were 5"));
    // It stays to be seen when the log goes on.
    host.install("probe", probe_files("1.3.0"));
    CHECK(problem(host) ==
          "/var/lib/addonctl/audit.log:4: it is line 6 of the log and follows line 3: 2 between them are "
          "missing");
  }
  SECTION("all of it") {
    std::filesystem::remove(host / kLog);
    CHECK_THAT(checked(host).problems.at(0), Catch::Contains("the audit log ends with line 0;"));
  }
  SECTION("its head") {
    std::filesystem::remove(host / kHead);
    CHECK_THAT(checked(host).problems.at(0), Catch::Contains("audit.head is missing"));
  }
}

TEST_CASE("a line that a crash left incomplete is no damage, and the next run cuts it off") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  const std::string whole = read_file(host / kLog);
  write_file(host / kLog, whole + R"({"addons":["pro)");
  CHECK(checked(host).problems == Lines{});
  host.must(Host::remove({"probe"}));
  CHECK(checked(host).problems == Lines{});
  CHECK(checked(host).lines == 2);
  CHECK(read_file(host / kLog).starts_with(whole));
}

TEST_CASE("a log that was not told to audit.head any more is not cut off") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  const std::string head = read_file(host / kHead);
  host.must(Host::remove({"probe"}));
  write_file(host / kHead, head);
  CHECK(checked(host).problems == Lines{});
  host.install("probe", probe_files("1.0.0"));
  CHECK(checked(host).problems == Lines{});
  CHECK(checked(host).lines == 3);
}

TEST_CASE("after a thousand lines another file goes on with the chain") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  Lines thousand;
  AuditLink end;
  for (int i = 0; i < 1000; ++i) {
    const AuditLine line = AuditLine::after(
        end, {{"verb", "gc"}, {"outcome", "done"}, {"generation", 1}, {"summary", "removed 1 version"}});
    end = line.link;
    thousand.push_back(line.text());
  }
  write_lines(host / kLog, thousand);
  write_file(host / kHead, head_text(end));
  REQUIRE(checked(host).problems == Lines{});
  host.must(Host::remove({"probe"}));
  CHECK(lines_of(host / kLog).size() == 1);
  CHECK(lines_of(host / (kLog + ".1")).size() == 1000);
  CHECK(checked(host).problems == Lines{});
  CHECK(checked(host).lines == 1001);
  SECTION("which may be moved away as a whole") {
    std::filesystem::remove(host / (kLog + ".1"));
    CHECK(checked(host).problems == Lines{});
    CHECK(checked(host).first == 1001);
  }
  SECTION("but not in part") {
    Lines lines = lines_of(host / (kLog + ".1"));
    lines.pop_back();
    write_lines(host / (kLog + ".1"), lines);
    CHECK(problem(host) ==
          "/var/lib/addonctl/audit.log:1: it is line 1001 of the log and follows line 999: 1 between them is "
          "missing");
  }
}

TEST_CASE("a log that others than root may write is not written to, and nothing is changed") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  const Snapshot before = host.snapshot();
  REQUIRE(chmod((host / kLog).c_str(), 0666) == 0);
  const auto outcome = host.run(Host::remove({"probe"}));
  CHECK_THAT(error_of(outcome), Catch::Contains("audit.log"));
  CHECK(difference(before, host.snapshot()) == Lines{});
}

TEST_CASE("wherever a run is killed, it is one line of the log once it is recovered") {
  NEEDS_ROOT();
  bool was_killed = true;
  for (int at = 0; was_killed; ++at) {
    INFO("killed at call " << at);
    Host host;
    host.install("probe", probe_files("1.0.0"));
    host.write_bundle("probe", probe_files("1.1.0"));
    const auto prepared = host.prepare(host.apply({"probe"}));
    REQUIRE(prepared);
    host.faults.kill_at = at;
    was_killed = false;
    try {
      static_cast<void>(host.execute(*prepared));
    } catch (const Killed&) {
      was_killed = true;
    }
    host.faults = {};
    const auto recovered = host.recover();
    REQUIRE(error_of(recovered) == "");
    const bool is_new = link_of(host / "opt/addons/probe/current") == "versions/1.1.0";
    const Lines lines = told(host);
    REQUIRE(lines.size() <= 2);
    // What was cut off before its journal was written was never begun.
    if (is_new) CHECK(lines.back() == "apply done 2: changed probe 1.0.0 to 1.1.0");
    if (!is_new && lines.size() == 2) CHECK(lines.back() == "apply undone 2: changed probe 1.0.0 to 1.1.0");
    if (!is_new && recovered->outcome == Recovery::Outcome::undone) CHECK(lines.size() == 2);
    CHECK(checked(host).problems == Lines{});
  }
}

TEST_CASE("while the log cannot be written nothing goes on, and what was cut off is recorded later") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.write_bundle("probe", probe_files("1.1.0"));
  const Snapshot before = host.snapshot();
  const auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(prepared);
  host.faults.kill_at = 60;
  CHECK_THROWS_AS(static_cast<void>(host.execute(*prepared)), Killed);
  host.faults = {};
  REQUIRE(chmod((host / kLog).c_str(), 0666) == 0);
  CHECK_THAT(error_of(host.recover()), Catch::Contains("the host is whole again") &&
                                           Catch::Contains("audit.log") && Catch::Contains("chmod go-w"));
  CHECK(names_in(host / "var/lib/addonctl/journal").size() == 1);
  REQUIRE(chmod((host / kLog).c_str(), 0600) == 0);
  REQUIRE(error_of(host.recover()) == "");
  CHECK(difference(before, host.snapshot()) == Lines{});
  CHECK(told(host).back() == "apply undone 2: changed probe 1.0.0 to 1.1.0");
}

TEST_CASE("the log is no link and no pipe") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", probe_files("1.0.0"));
  std::filesystem::create_directories(host / "var/lib/addonctl");
  const std::string outside = host / "outside";
  write_file(outside, "x");
  SECTION("a link") { std::filesystem::create_symlink(outside, host / kLog); }
  SECTION("a pipe") { REQUIRE(mkfifo((host / kLog).c_str(), 0600) == 0); }
  CHECK(kind_of(host.run(host.apply({"probe"}))) == ErrorKind::rolled_back);
  CHECK(read_file(outside) == "x");
  CHECK_FALSE(exists(host / "opt/addons/probe/current"));
}
