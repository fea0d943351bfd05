// What earlier runs left, and one that is under way.
#include <fmt/format.h>

#include "cli/doctor/checks.hpp"
#include "core/text.hpp"
#include "executor/generations.hpp"
#include "executor/journal.hpp"
#include "executor/layout.hpp"
#include "linux/lock_holder.hpp"

namespace addon::cli::doctor {

namespace {
constexpr std::string_view kRuns = "runs";
constexpr std::string_view kRecords = "records";

std::string recover(const Patient& patient) {
  const std::string root =
      patient.options.root.empty() ? "" : fmt::format(" --root {}", patient.options.root);
  return fmt::format("addonctl{} recover does so now; so does the next run", root);
}

// What root reads in the journal; others see no more than that there is one.
Check cut_off(const Patient& patient) {
  const auto journal = executor::read_journal(patient.session.root());
  if (journal && !journal->corrupt.empty()) {
    return warning(
        kRuns,
        fmt::format("the journal of a run that was cut off cannot be read: {}", join(journal->corrupt, ", ")),
        recover(patient) + ", and puts it aside");
  }
  if (journal && journal->open) {
    return warning(kRuns,
                   fmt::format("a run ({} of {}) was cut off and is not yet undone or finished",
                               journal->open->intent.verb, journal->open->intent.time),
                   recover(patient));
  }
  return warning(kRuns, "a run was cut off and is not yet undone or finished", recover(patient));
}

Result<std::vector<std::string>> journals_put_aside(const host::Directory& root) {
  std::vector<std::string> names;
  const auto folder = TRY(root.open_directory_if_present(executor::journal_dir()));
  if (folder == nullptr) return names;
  for (const host::DirectoryEntry& entry : TRY(folder->list())) {
    if (entry.name.ends_with(executor::kCorruptJournal)) names.push_back(entry.name);
  }
  return names;
}

Check aside(const std::string& folder, const std::vector<std::string>& names) {
  return warning(kRecords,
                 fmt::format("{} of {} could not be read and was put aside", join(names, ", "), folder),
                 "look at it, then move it away; addonctl verify says what else is wrong");
}
}  // namespace

Checks runs(const Patient& patient) {
  const host::Directory& root = patient.session.root();
  const auto holder = linux::lock_holder(root, patient.session.clock());
  if (holder && *holder) {
    return {warning(kRuns, fmt::format("one is under way and holds the lock: {}", **holder),
                    "wait until it has ended, or apply with --wait 5min")};
  }
  const auto is_open = executor::has_open_journal(root);
  if (!is_open) return {unseen(kRuns, is_open.error())};
  if (*is_open) return {cut_off(patient)};
  if (!holder) return {unknown(kRuns, holder.error().message())};
  return {ok(kRuns, "none is under way, and none was cut off")};
}

Checks records(const Patient& patient) {
  const host::Directory& root = patient.session.root();
  const auto last = executor::read_last_generation(root);
  if (!last) return {unseen(kRecords, last.error())};
  Checks checks;
  for (const executor::DamagedRecord& record : last->damaged) {
    checks.push_back(warning(
        kRecords, record.why,
        fmt::format("the next run puts it aside and goes on from generation {}", last->generation.number)));
  }
  const auto generations = executor::put_aside(root);
  const auto journals = journals_put_aside(root);
  if (!generations) checks.push_back(unseen(kRecords, generations.error()));
  if (!journals) checks.push_back(unseen(kRecords, journals.error()));
  if (generations && !generations->empty())
    checks.push_back(aside(patient.session.path("/" + executor::generations_dir().str()), *generations));
  if (journals && !journals->empty())
    checks.push_back(aside(patient.session.path("/" + executor::journal_dir().str()), *journals));
  if (!checks.empty()) return checks;
  const std::uint64_t number = last->generation.number;
  return {
      ok(kRecords, number == 0 ? "nothing was applied yet" : fmt::format("generation {} is sound", number))};
}

}  // namespace addon::cli::doctor
