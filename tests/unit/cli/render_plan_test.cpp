#include "cli/render_plan.hpp"

#include <catch2/catch.hpp>

namespace addon::cli {

namespace {
Json plan_with(const Json& step) {
  return {{"steps", {step}},
          {"changes", {{{"id", "probe"}, {"change", "update"}, {"from", "1.0.0"}, {"to", "1.1.0"}}}},
          {"summary", {{"add", 0}, {"update", 1}, {"remove", 0}, {"unchanged", 2}}}};
}

std::string step_text(const Json& step) {
  const std::string text = render_plan(plan_with(step), Palette());
  const std::string head = "~ probe  1.0.0 -> 1.1.0\n";
  const std::string tail = "\nPlan: 0 to add, 1 to update, 0 to remove, 2 unchanged.\n";
  REQUIRE(text.starts_with(head));
  REQUIRE(text.ends_with(tail));
  return text.substr(head.size(), text.size() - head.size() - tail.size());
}
}  // namespace

TEST_CASE("a plan without steps is no change") {
  CHECK(render_plan(Json{{"steps", Json::array()}}, Palette()) == "No changes. The host matches.\n");
}

TEST_CASE("a plan that only changes what is recorded is a change") {
  Json plan = plan_with(Json::object());
  plan["steps"] = Json::array();
  CHECK(render_plan(plan, Palette()) ==
        "~ probe  1.0.0 -> 1.1.0\n\nPlan: 0 to add, 1 to update, 0 to remove, 2 unchanged.\n");
}

TEST_CASE("a step says what changes from what to what") {
  CHECK(step_text({{"op", "start-unit"},
                   {"addon", "probe"},
                   {"unit", "a.service"},
                   {"before", "inactive"},
                   {"after", "active"}}) == "  + start         a.service: inactive -> active\n");
  CHECK(step_text({{"op", "restart-unit"},
                   {"addon", "probe"},
                   {"unit", "a.service"},
                   {"before", "active"},
                   {"after", "active"}}) == "  ~ restart       a.service\n");
  CHECK(step_text({{"op", "check-health"},
                   {"addon", "probe"},
                   {"unit", "a.service"},
                   {"timeout_ms", 90000},
                   {"stable_for_ms", 5000}}) ==
        "  ~ health        a.service: up within 1min30s, then for 5s without a break\n");
  CHECK(step_text({{"op", "remove-unit"},
                   {"addon", "probe"},
                   {"unit", "a.service"},
                   {"before", std::string(64, 'a')},
                   {"after", nullptr}}) == "  - unit          a.service: aaaaaaaaaaaa -> (none)\n");
}

TEST_CASE("a unit shows what it may do") {
  const Json privileges = {{"User", ""},
                           {"Group", "adm"},
                           {"DynamicUser", false},
                           {"CapabilityBoundingSet", {"cap_bpf", "cap_net_raw"}},
                           {"AmbientCapabilities", {"cap_bpf"}},
                           {"exec",
                            {{{"program", "/bin/x"}, {"prefixes", {"+", "-"}}},
                             {{"program", "/bin/y"}, {"prefixes", {"!"}}},
                             {{"program", "/bin/z"}, {"prefixes", {"-"}}}}}};
  CHECK(step_text({{"op", "install-unit"},
                   {"addon", "probe"},
                   {"unit", "a.service"},
                   {"before", nullptr},
                   {"after", std::string(64, 'b')},
                   {"privileges", privileges}}) ==
        "  + unit          a.service: (none) -> bbbbbbbbbbbb\n"
        "      runs as root:adm, bounding cap_bpf, cap_net_raw, ambient cap_bpf, prefixes\n"
        "        + - !; /bin/x (+) as root with all capabilities; /bin/y (!) as root\n"
        "        within the bounding set\n");
}

TEST_CASE("a timer shows what it activates, not a user that it does not run as") {
  CHECK(step_text({{"op", "install-unit"},
                   {"addon", "probe"},
                   {"unit", "a.timer"},
                   {"before", nullptr},
                   {"after", std::string(64, 'b')},
                   {"install", {{"Unit", "a.service"}}}}) ==
        "  + unit          a.timer: (none) -> bbbbbbbbbbbb\n"
        "      activates a.service\n");
}

TEST_CASE("a policy line that allows several things in a step is named once") {
  const auto decision = [](const char* subject) {
    return Json{{"subject", subject},
                {"policy", {{"file", "/etc/addonctl/policy.yaml"}, {"line", 5}, {"grant", "probes"}}}};
  };
  CHECK(step_text({{"op", "switch-current"},
                   {"addon", "probe"},
                   {"before", "1.0.0"},
                   {"after", "1.1.0"},
                   {"allowed_by", {decision("user a"), decision("user b")}}}) ==
        "  ~ current       1.0.0 -> 1.1.0\n"
        "      allowed by /etc/addonctl/policy.yaml:5 (grant probes): user a, user b\n");
}

TEST_CASE("what belongs to no add-on is shown at the end") {
  Json plan = plan_with({{"op", "reload"}, {"addon", nullptr}, {"units", {"a.service", "b.timer"}}});
  CHECK(render_plan(plan, Palette()) ==
        "~ probe  1.0.0 -> 1.1.0\n\n"
        "~ host\n  ~ daemon-reload a.service, b.timer\n\n"
        "Plan: 0 to add, 1 to update, 0 to remove, 2 unchanged.\n");
}

TEST_CASE("a plan from a stranger can neither end the program nor steer the terminal") {
  CHECK(step_text({{"op", 3}, {"addon", "probe"}, {"unit", {1, 2}}}) == "  ?               \n");
  CHECK(step_text({{"op", "stage"}, {"addon", "probe"}, {"files", "none"}, {"version", "\x1b[2J"}})
            .find('\x1b') == std::string::npos);
  CHECK(render_plan(Json{{"steps", 7}, {"changes", "x"}, {"summary", nullptr}}, Palette()) ==
        "No changes. The host matches.\n");
  CHECK(render_plan(Json("text"), Palette()) == "No changes. The host matches.\n");
}

}  // namespace addon::cli
