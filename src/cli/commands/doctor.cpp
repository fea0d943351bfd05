#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <utility>

#include "cli/commands/all.hpp"
#include "cli/doctor/checks.hpp"
#include "cli/session.hpp"
#include "linux/process.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kDoctorHelp = R"(Usage: addonctl doctor

Tells what on this host would stop an apply, whatever is applied, and how to
mend it: kernel, mounts, file capabilities, room on the disk, systemd, clock,
the site's files, what earlier runs left, and who you are. Changes nothing; as
root it tries a file capability on a file that never has a name.

  ok         nothing to do
  warning    stops some applies, or something later
  problem    stops an apply, or lets it judge by what is not so
  not known  could not be seen by you, or from here

Exits 0 without problems, whatever the warnings, and 1 with one.

)";

void declare_doctor(CLI::App&, Arguments&) {}

doctor::Checks examine(const Context& context, Session& session) {
  doctor::Patient patient{context.options, session,
                          linux::runs_as_root() ? doctor::As::root : doctor::As::user};
  doctor::Checks policy = read_policy(patient);
  doctor::Checks checks = doctor::caller(patient);
  append(checks, doctor::kernel(patient));
  append(checks, doctor::mounts(patient));
  append(checks, doctor::file_capabilities(patient));
  append(checks, doctor::space(patient));
  append(checks, doctor::places(patient));
  append(checks, doctor::systemd(patient));
  append(checks, doctor::clock(patient));
  append(checks, std::move(policy));
  append(checks, doctor::keys(patient));
  append(checks, doctor::overrides(patient));
  append(checks, doctor::runs(patient));
  append(checks, doctor::records(patient));
  append(checks, doctor::boot_recovery(patient));
  append(checks, doctor::executor_on_bus(patient));
  append(checks, doctor::accounts(patient));
  return checks;
}

Report run_doctor(const Context& context, const Arguments&) {
  const auto session = Session::open(context);
  if (!session && session.error().kind() == ErrorKind::usage) return failed(session.error());
  // Where not even that can be opened, it is what would stop an apply.
  const doctor::Checks checks =
      session ? examine(context, **session) : doctor::Checks{doctor::unseen("host", session.error())};
  Report report;
  report.body = doctor::to_json(checks);
  if (count(checks, doctor::Standing::problem) > 0) report.exit = static_cast<int>(ErrorKind::failed);
  context.console.result(doctor::render(checks, context.console.palette()));
  report.conclusion = "\n" + doctor::conclusion(checks);
  return report;
}
}  // namespace

Command doctor_command() {
  return {"doctor",
          "tell what on this host would stop an apply",
          kDoctorHelp,
          FindingsAre::problems,
          PolicyFiles::refused,
          declare_doctor,
          run_doctor};
}

}  // namespace addon::cli
