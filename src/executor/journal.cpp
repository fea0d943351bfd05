#include "executor/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "core/digest.hpp"
#include "executor/layout.hpp"
#include "plan/caller_json.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

using plan::array_field;
using plan::number_field;
using plan::text_field;

constexpr std::string_view kVersion = "1 ";
constexpr std::string_view kSuffix = ".journal";
constexpr std::size_t kDigest = 64;
constexpr std::size_t kLargestJournal = std::size_t{64} << 20;

std::string line_of(const Json& record) {
  const std::string text = canonical(record);
  return fmt::format("{}{} {}\n", kVersion, Digest::of(text).hex(), text);
}

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

Json to_json(const Intent& intent) {
  Json absent = Json::array();
  for (const RelativePath& path : intent.absent) absent.push_back(path.str());
  return {{"transaction", intent.transaction},
          {"verb", intent.verb},
          {"time", intent.time},
          {"boot", intent.boot},
          {"generation", intent.generation},
          {"plan", intent.plan_digest},
          {"policy", intent.policy_digest},
          {"summary", intent.summary},
          {"addons", intent.addons},
          {"caller", intent.caller ? plan::to_json(*intent.caller) : Json(nullptr)},
          {"steps", intent.steps},
          {"absent", std::move(absent)}};
}

// Recovery does not need it, and an earlier version did not write it.
void read_audit(const Json& json, Intent& intent) {
  intent.policy_digest = text_field(json, "policy").value_or("");
  intent.summary = text_field(json, "summary").value_or("");
  if (const auto addons = array_field(json, "addons")) {
    for (const Json& addon : **addons) {
      if (addon.is_string()) intent.addons.push_back(addon.get<std::string>());
    }
  }
  if (const auto caller = json.find("caller"); caller != json.end()) {
    intent.caller = plan::caller_from_json(*caller);
  }
}

Result<Intent> intent_from_json(const Json& json) {
  Intent intent;
  intent.transaction = TRY(text_field(json, "transaction"));
  if (!is_safe_segment(intent.transaction)) return tl::unexpected(Error("its name is not a safe one"));
  intent.verb = TRY(text_field(json, "verb"));
  intent.time = TRY(text_field(json, "time"));
  intent.boot = TRY(text_field(json, "boot"));
  intent.generation = TRY(number_field(json, "generation"));
  intent.plan_digest = TRY(text_field(json, "plan"));
  read_audit(json, intent);
  for (const Json& step : *TRY(array_field(json, "steps"))) intent.steps.push_back(step);
  for (const Json& path : *TRY(array_field(json, "absent"))) {
    if (!path.is_string()) return tl::unexpected(Error("\"absent\" has an entry that is no text"));
    intent.absent.push_back(TRY(RelativePath::parse(path.get<std::string>())));
  }
  return intent;
}

/// The record of a line without its end, or an error where it is not what was written.
Result<Json> read_line(std::string_view line) {
  const auto wrong = [] { return tl::unexpected(Error("a record does not fit its digest")); };
  if (!line.starts_with(kVersion) || line.size() < kVersion.size() + kDigest + 2) return wrong();
  line.remove_prefix(kVersion.size());
  const std::string_view text = line.substr(kDigest + 1);
  if (line[kDigest] != ' ' || Digest::of(text).hex() != line.substr(0, kDigest)) return wrong();
  return parse_json(text, "journal");
}

/// Nothing where the run ended before its intent was complete.
Result<std::optional<OpenTransaction>> read_text(std::string_view text) {
  std::optional<OpenTransaction> found;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) break;  // torn
    const Json record = TRY(read_line(text.substr(0, end)));
    text.remove_prefix(end + 1);
    if (!found) {
      found.emplace(OpenTransaction{TRY(intent_from_json(record)), {}});
      found->begun.resize(found->intent.steps.size());
      continue;
    }
    const std::uint64_t step = TRY(number_field(record, "begun"));
    if (step >= found->begun.size()) return tl::unexpected(Error("it names a step that there is not"));
    found->begun[step] = true;
  }
  return found;
}

}  // namespace

Result<Journal> Journal::begin(host::Directory& root, const Intent& intent) {
  const auto directory = TRY(root.make_directories(journal_dir()));
  Journal journal(TRY(directory->create_file(intent.transaction + std::string(kSuffix))));
  TRY(journal.file_->write(bytes_of(line_of(to_json(intent)))));
  TRY(journal.file_->sync());
  TRY(directory->sync());
  return journal;
}

Result<> Journal::begin_step(std::size_t step) { return file_->write(bytes_of(line_of({{"begun", step}}))); }

// Without fsync: the next transaction syncs this directory before it does anything.
Result<> end_journal(host::Directory& root, const std::string& transaction) {
  const auto directory = TRY(root.open_directory_if_present(journal_dir()));
  return directory == nullptr ? Result<>() : directory->remove_file(transaction + std::string(kSuffix));
}

Result<bool> has_open_journal(const host::Directory& root) {
  const auto directory = TRY(root.open_directory_if_present(journal_dir()));
  if (directory == nullptr) return false;
  const std::vector<host::DirectoryEntry> entries = TRY(directory->list());
  return std::any_of(entries.begin(), entries.end(),
                     [](const host::DirectoryEntry& entry) { return entry.name.ends_with(kSuffix); });
}

Result<JournalState> read_journal(const host::Directory& root) {
  JournalState state;
  const auto directory = TRY(root.open_directory_if_present(journal_dir()));
  if (directory == nullptr) return state;
  for (const host::DirectoryEntry& entry : TRY(directory->list())) {
    if (!entry.name.ends_with(kSuffix)) continue;
    const auto name = RelativePath::parse(entry.name);
    if (!name) continue;
    auto text = directory->read_file(*name, kLargestJournal);
    if (!text && entry.type == host::FileType::regular) return tl::unexpected(std::move(text).error());
    auto found = text ? read_text(*text) : tl::unexpected(std::move(text).error());
    const bool fits = found && (!*found || (*found)->intent.transaction + std::string(kSuffix) == entry.name);
    // At most one run has the lock, and it begins by ending the one before.
    if (!fits || (*found && state.open)) {
      state.corrupt.push_back(entry.name);
    } else if (*found) {
      state.open = std::move(**found);
    } else {
      state.torn.push_back(entry.name);
    }
  }
  return state;
}

Result<std::vector<std::string>> quarantine(host::Directory& root, const JournalState& state) {
  std::vector<std::string> sentences;
  if (state.corrupt.empty() && state.torn.empty()) return sentences;
  const auto directory = TRY(root.open_directory_if_present(journal_dir()));
  if (directory == nullptr) return sentences;
  for (const std::string& name : state.corrupt) {
    const std::string aside = fmt::format("{}{}", name, kCorruptJournal);
    TRY(directory->rename(name, aside, host::RenameMode::replace));
    sentences.push_back(
        fmt::format("{}/{} is damaged, so the run that wrote it cannot be undone; it was put aside as "
                    "{}; run addonctl diff to see what is not as recorded",
                    directory->path(), name, aside));
  }
  for (const std::string& name : state.torn) TRY(directory->remove_file(name));
  return sentences;
}

}  // namespace addon::executor
