#include "cli/report.hpp"

#include <catch2/catch.hpp>

namespace addon::cli {

TEST_CASE("a finding has all of its keys, null where it says nothing") {
  const Json json = to_json(make_finding(rules::bundle_unreadable, "cannot open x"));
  const Json expected = {{"rule", "bundle-unreadable"},
                         {"severity", "error"},
                         {"message", "cannot open x"},
                         {"file", nullptr},
                         {"line", nullptr},
                         {"column", nullptr},
                         {"pointer", nullptr},
                         {"addon", nullptr},
                         {"policy", nullptr},
                         {"fix", nullptr}};
  CHECK(json == expected);
}

TEST_CASE("a finding says where it is and which policy line decided") {
  Finding finding = make_finding(rules::policy_capability_denied, "denied", {"a.yaml", 3, 5}, "/requires");
  finding.addon = "probe";
  finding.policy = PolicyRef{"policy.yaml", 7, "probes"};
  finding.fix = "do without it";
  const Json json = to_json(finding);
  CHECK(json["file"] == "a.yaml");
  CHECK(json["line"] == 3);
  CHECK(json["column"] == 5);
  CHECK(json["pointer"] == "/requires");
  CHECK(json["addon"] == "probe");
  CHECK(json["policy"] == Json{{"file", "policy.yaml"}, {"line", 7}, {"grant", "probes"}});
  CHECK(json["fix"] == "do without it");
}

TEST_CASE("the pointer of a document's root is the empty text, not nothing") {
  CHECK(to_json(make_finding(rules::schema_missing_key, "no id", {"a.yaml", 1, 1}))["pointer"] == "");
}

TEST_CASE("an error ends the run with the exit code of its kind") {
  CHECK(failed(Error("x")).exit == 1);
  CHECK(failed(Error("x", ErrorKind::usage)).exit == 2);
  CHECK(failed(Error("x", ErrorKind::invalid)).exit == 3);
  CHECK(failed(Error("x", ErrorKind::denied)).exit == 4);
  CHECK(failed(Error("x", ErrorKind::stale)).exit == 6);
  CHECK(failed(Error("x", ErrorKind::locked)).exit == 7);
  CHECK(failed(Error("x", ErrorKind::rolled_back)).exit == 8);
  CHECK(failed(Error("x", ErrorKind::undo_failed)).exit == 9);
  CHECK(failed(Error("x", ErrorKind::unauthorised)).exit == 10);
}

TEST_CASE("one cause gives one finding and no error beside it") {
  const Report report = failed(Error::of({make_finding(rules::policy_capability, "no line allows it")}));
  CHECK(report.exit == 4);
  CHECK(report.findings.size() == 1);
  CHECK(report.error.empty());
  CHECK_FALSE(to_json(report, "plan").contains("error"));
}

TEST_CASE("what became of the host is said beside the findings that stopped the run") {
  const Error error = Error::of({make_finding(rules::host_tampered, "a link")})
                          .with_context("cannot stage")
                          .with_kind(ErrorKind::undo_failed);
  CHECK(failed(error).error == "cannot stage: a link");
}

TEST_CASE("findings decide about the exit code only by their errors") {
  CHECK(exit_code({}) == 0);
  CHECK(exit_code({make_finding(rules::capability_blank, "blank")}) == 0);
  CHECK(exit_code({make_finding(rules::policy_capability, "denied")}) == 4);
  CHECK(exit_code({make_finding(rules::policy_capability, "denied"),
                   make_finding(rules::schema_type, "type")}) == 3);
}

TEST_CASE("a report is one object that says which verb it is of") {
  Report report;
  report.body["generation"] = 3;
  CHECK(to_json(report, "status") == Json{{"schema", "addonctl.report/v1"},
                                          {"verb", "status"},
                                          {"exit", 0},
                                          {"findings", Json::array()},
                                          {"generation", 3}});
}

}  // namespace addon::cli
