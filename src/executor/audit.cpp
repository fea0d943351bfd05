#include "executor/audit.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "core/text.hpp"
#include "executor/layout.hpp"
#include "executor/timestamp.hpp"
#include "plan/caller_json.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

constexpr std::size_t kLargestAudit = std::size_t{64} << 20;
constexpr std::size_t kLongestError = 2000;

struct OutcomeText {
  std::string_view name;
  std::string_view message_id;  ///< systemd.journal-fields(7), MESSAGE_ID
  std::string_view priority;    ///< syslog(3)
};

const OutcomeText& text_of(AuditOutcome outcome) {
  constexpr std::string_view notice = "5";
  constexpr std::string_view warning = "4";
  constexpr std::string_view error = "3";
  static constexpr std::array<OutcomeText, 5> all = {{
      {"done", "f3a4c1de5b0e4b7a9d2c86e0157c9a31", notice},
      {"rolled-back", "0c9d7b64e2f84f5cb1a3d58e7746f0b2", warning},
      {"undo-failed", "b86e2a07d91c4c3f8e54a9f3c0d27e15", error},
      {"undone", "5d18f6c2a73e49b08c6fb4e1920a7d83", warning},
      {"failed", "9e40b7d35c1a4f06a2f98d6b3ec5174a", warning},
  }};
  return all[static_cast<std::size_t>(outcome)];
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json to_json(const AuditRecord& record, const std::string& time) {
  return {{"schema", "addonctl.audit/v1"},
          {"time", time},
          {"transaction", text_or_null(record.transaction)},
          {"verb", record.verb},
          {"outcome", text_of(record.outcome).name},
          {"error", text_or_null(record.error.substr(0, kLongestError))},
          {"generation", record.generation},
          {"plan_digest", text_or_null(record.plan_digest)},
          {"policy_digest", text_or_null(record.policy_digest)},
          {"summary", record.summary},
          {"addons", record.addons},
          {"caller", record.caller ? plan::to_json(*record.caller) : Json(nullptr)}};
}

std::string sentence(const AuditRecord& record) {
  switch (record.outcome) {
    case AuditOutcome::done:
      return fmt::format("{}: {}", record.verb, record.summary);
    case AuditOutcome::rolled_back:
      return fmt::format("{} failed and was undone ({}): {}", record.verb, record.summary, record.error);
    case AuditOutcome::undo_failed:
      return fmt::format("{} failed and could not be undone ({}): {}", record.verb, record.summary,
                         record.error);
    case AuditOutcome::undone:
      return fmt::format("{} was cut off and is undone: {}", record.verb, record.summary);
    case AuditOutcome::failed:
      return fmt::format("{} failed ({}): {}", record.verb, record.summary, record.error);
  }
  return record.verb;
}

host::EventFields event(const AuditRecord& record, const AuditLink& link) {
  const OutcomeText& outcome = text_of(record.outcome);
  host::EventFields fields = {{"MESSAGE", sentence(record)},
                              {"MESSAGE_ID", std::string(outcome.message_id)},
                              {"PRIORITY", std::string(outcome.priority)},
                              {"ADDONCTL_VERB", record.verb},
                              {"ADDONCTL_OUTCOME", std::string(outcome.name)},
                              {"ADDONCTL_GENERATION", std::to_string(record.generation)},
                              {"ADDONCTL_PLAN_DIGEST", record.plan_digest},
                              {"ADDONCTL_POLICY_DIGEST", record.policy_digest},
                              {"ADDONCTL_AUDIT_SEQ", std::to_string(link.seq)},
                              {"ADDONCTL_AUDIT_HASH", link.hash.hex()}};
  if (record.caller) fields.emplace_back("ADDONCTL_CALLER", plan::who(*record.caller));
  for (const std::string& addon : record.addons) fields.emplace_back("ADDON_ID", addon);
  return fields;
}

RelativePath named(const std::string& name) { return RelativePath::of({name}); }

Result<std::optional<std::string>> read_if_present(const host::Directory& directory,
                                                   const std::string& name) {
  if (!TRY(directory.stat(named(name)))) return std::nullopt;
  return std::optional(TRY(directory.read_file(named(name), kLargestAudit)));
}

std::string_view last_line(std::string_view whole) {
  if (!whole.empty()) whole.remove_suffix(1);
  const auto before = whole.rfind('\n');
  return before == std::string_view::npos ? whole : whole.substr(before + 1);
}

}  // namespace

AuditRecord audit_record(const Intent& intent, AuditOutcome outcome) {
  return {.transaction = intent.transaction,
          .verb = intent.verb,
          .outcome = outcome,
          .error = "",
          .generation = intent.generation,
          .plan_digest = intent.plan_digest,
          .policy_digest = intent.policy_digest,
          .summary = intent.summary,
          .addons = intent.addons,
          .caller = intent.caller};
}

Result<AuditLog> AuditLog::open(Ports& ports) {
  AuditLog log(ports);
  log.directory_ = TRY(ports.root.make_directories(state_dir()));
  TRY_CONTEXT("cannot read the audit log", log.read_end());
  TRY_CONTEXT("cannot open the audit log", log.rotate());
  log.file_ = TRY(log.directory_->append_file(kAuditLog));
  return log;
}

// The chain goes on from the later of what the log ends with and what audit.head says, so that lines which
// somebody cut off leave a gap.
Result<> AuditLog::read_end() {
  const auto text = TRY(read_if_present(*directory_, std::string(kAuditLog)));
  const auto head = TRY(read_if_present(*directory_, std::string(kAuditHead)));
  AuditLink promised;
  if (const auto link = head ? parse_head(*head) : tl::unexpected(Error("absent"))) promised = *link;
  if (text && !text->empty()) {
    const std::size_t whole = text->rfind('\n') + 1;  // 0 where there is no line feed
    if (whole < text->size()) {
      TRY(TRY(directory_->append_file(kAuditLog))->truncate(whole));
    }
    is_empty_ = whole == 0;
    if (const auto line = AuditLine::parse(last_line(std::string_view(*text).substr(0, whole)))) {
      end_ = line->link;
      if (const auto transaction = plan::text_field(line->record, "transaction"))
        last_transaction_ = *transaction;
    }
  }
  if (promised.seq >= end_.seq) {
    end_ = promised;
    return {};
  }
  return host::write_durably(*directory_, kAuditHead, head_text(end_), 0600);
}

Result<> AuditLog::rotate() {
  if (is_empty_ || end_.seq == 0 || end_.seq % kAuditLinesInFile != 0) return {};
  const std::string name = fmt::format("{}.{}", kAuditLog, end_.seq / kAuditLinesInFile);
  TRY(directory_->rename(kAuditLog, name, host::RenameMode::no_replace));
  is_empty_ = true;
  return directory_->sync();
}

Result<> AuditLog::append(const AuditRecord& record) {
  const AuditLine line = AuditLine::after(end_, to_json(record, timestamp(ports_->clock)));
  const std::string text = line.text() + "\n";
  TRY(file_->write(std::as_bytes(std::span(text))));
  TRY(file_->sync());
  // With this the directory, and so the name of a new log, is durable, too.
  TRY(host::write_durably(*directory_, kAuditHead, head_text(line.link), 0600));
  end_ = line.link;
  last_transaction_ = record.transaction;
  if (ports_->event_log != nullptr) ports_->event_log->write(event(record, end_));
  return {};
}

Result<> settle_audit(Ports& ports) {
  const auto directory = TRY(ports.root.open_directory_if_present(state_dir()));
  const std::string unfinished = host::temporary_name(kAuditHead);
  if (directory == nullptr || !TRY(directory->stat(named(unfinished)))) return {};
  const AuditLog log = TRY(AuditLog::open(ports));
  return directory->remove_file(unfinished);
}

}  // namespace addon::executor
