#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

namespace {
Lines service_findings(std::string_view lines) {
  return shown(analyze_text("[Service]\n" + std::string(lines)).findings);
}
Lines timer_findings(std::string_view lines) {
  return shown(analyze_text("[Timer]\n" + std::string(lines), "probe.timer").findings);
}
const std::string refused = "unit-incomplete probe.service: systemd would not load this unit: ";
const Lines no_command = {refused + "it has neither ExecStart= nor ExecStop=; add ExecStart= to [Service]"};
}  // namespace

TEST_CASE("a service without a command is incomplete") {
  CHECK(service_findings("") == no_command);
  CHECK(service_findings("ExecStart=/a\nExecStart=\n") == no_command);
  CHECK(service_findings("Type=oneshot\nRemainAfterExit=yes\n") == no_command);
  CHECK(service_findings("ExecStartPre=/a\n") == no_command);
  CHECK(shown(analyze_text("[Unit]\nSuccessAction=exit\n[Service]\n").findings).empty());
}

TEST_CASE("only a oneshot may have no ExecStart=") {
  CHECK(service_findings("ExecStop=/a\nRemainAfterExit=yes\n").empty());
  CHECK(service_findings("Type=oneshot\nExecStop=/a\nRemainAfterExit=yes\n").empty());
  CHECK(
      service_findings("Type=simple\nExecStop=/a\nRemainAfterExit=yes\n") ==
      Lines{refused + "it has no ExecStart=, which only Type=oneshot may lack; add ExecStart= to [Service]"});
}

TEST_CASE("a service with no ExecStart= must remain after exit") {
  CHECK(service_findings("Type=oneshot\nExecStop=/a\n") ==
        Lines{refused + "it has no ExecStart= and no RemainAfterExit=yes; add either to [Service]"});
}

TEST_CASE("only a oneshot may start more than one command") {
  const Lines second = {
      "unit-value probe.service:3:1: this is a second ExecStart= command, which only Type=oneshot may have; "
      "systemd would "
      "not load the unit; keep one command, or write an empty ExecStart= before the one to keep"};
  CHECK(service_findings("ExecStart=/a\nExecStart=/b\n") == second);
  CHECK(service_findings("Type=exec\nExecStart=/a ; /b\n") == second);
  CHECK(service_findings("Type=oneshot\nExecStart=/a\nExecStart=/b\n").empty());
}

TEST_CASE("a type that systemd 252 does not know is a finding") {
  CHECK(service_findings("Type=notify-reload\nExecStart=/a\n") ==
        Lines{"unit-value probe.service:2:1: Type=\"notify-reload\" is not a type of service; systemd "
              "ignores it; write one "
              "of simple, exec, forking, oneshot, dbus, notify, idle"});
}

TEST_CASE("a command that could not be read is not also a missing one") {
  CHECK(service_findings("ExecStart=/bin/\n").size() == 1);
  CHECK(service_findings("ExecStop=/a \"b\n").size() == 1);
}

TEST_CASE("a timer needs something to elapse on") {
  CHECK(timer_findings("OnCalendar=hourly\n").empty());
  CHECK(timer_findings("Persistent=true\nOnBootSec=\n") ==
        Lines{"unit-incomplete probe.timer: systemd would not load this unit: nothing says when the timer "
              "elapses; add "
              "OnCalendar= or OnBootSec= to [Timer]"});
}

TEST_CASE("a timer's Unit= that systemd ignores is a finding") {
  CHECK(timer_findings("OnBootSec=1\nUnit=a.service\nUnit=b.service\n") ==
        Lines{"unit-value probe.timer:4:1: Unit=\"b.service\" comes after line 3, which names a unit "
              "already; systemd "
              "ignores it; keep one Unit="});
  for (const char* unit : {"", "probe.timer", "a", "a.conf", "../a.service"}) {
    CHECK(timer_findings("OnBootSec=1\nUnit=" + std::string(unit) + "\n") ==
          Lines{"unit-value probe.timer:3:1: Unit=\"" + std::string(unit) +
                "\" is not a unit that a timer can start; systemd ignores it; write the name of a service"});
  }
}

TEST_CASE("words of [Install] that are not unit names are findings") {
  CHECK(
      shown(
          analyze_service(
              "[Install]\nWantedBy=multi-user.target ../../x.target\nRequiredBy=%p/x.target\nWantedBy=\"a\n")
              .findings) ==
      Lines{"unit-value probe.service:4:1: WantedBy=\"multi-user.target ../../x.target\" names "
            "\"../../x.target\", which is "
            "not a unit; systemd would not enable this one; write the name of a unit, like multi-user.target",
            "unit-value probe.service:5:1: RequiredBy=\"%p/x.target\" names \"%p/x.target\", which is not a "
            "unit; systemd would "
            "not enable this one; write the name of a unit, like multi-user.target",
            "unit-value probe.service:6:1: WantedBy=\"\\\"a\" has a quote that is not closed, or ends with a "
            "backslash; "
            "close the quote, or write \\\\ for a backslash"});
}
