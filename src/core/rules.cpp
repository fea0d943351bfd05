#include "core/rules.hpp"

#include <algorithm>
#include <array>

namespace addon {
inline namespace core {

namespace {
// Sorted by id, for find_rule and for whoever reads a listing.
constexpr std::array table = {
    &rules::addon_cycle,
    &rules::bundle_archive_damaged,
    &rules::bundle_artifact_digest,
    &rules::bundle_compression,
    &rules::bundle_duplicate_entry,
    &rules::bundle_file_missing,
    &rules::bundle_file_name,
    &rules::bundle_file_type,
    &rules::bundle_file_unlisted,
    &rules::bundle_file_unused,
    &rules::bundle_hard_link,
    &rules::bundle_limit,
    &rules::bundle_manifest_ambiguous,
    &rules::bundle_manifest_missing,
    &rules::bundle_manifest_not_first,
    &rules::bundle_set_id,
    &rules::bundle_sparse,
    &rules::bundle_trailing_data,
    &rules::bundle_unreadable,
    &rules::bundle_xattr,
    &rules::capability_ambient_void,
    &rules::capability_blank,
    &rules::capability_bounding_set,
    &rules::capability_no_new_privileges,
    &rules::capability_unknown,
    &rules::capability_world_executable,
    &rules::config_schema_missing,
    &rules::control_character,
    &rules::delivery_supervision_mismatch,
    &rules::document_alias,
    &rules::document_duplicate_key,
    &rules::document_encoding,
    &rules::document_key_type,
    &rules::document_multiple,
    &rules::document_syntax,
    &rules::document_tag,
    &rules::document_too_deep,
    &rules::document_too_large,
    &rules::document_unreadable,
    &rules::duplicate_addon,
    &rules::exec_no_program,
    &rules::health_exec,
    &rules::host_addon_missing,
    &rules::host_addon_needed,
    &rules::host_architecture,
    &rules::host_base_agent,
    &rules::host_capability_unknown,
    &rules::host_file_untrusted,
    &rules::host_model_unsupported,
    &rules::host_no_file_capabilities,
    &rules::host_nosuid,
    &rules::host_package,
    &rules::host_package_changed,
    &rules::host_package_program,
    &rules::host_package_unit,
    &rules::host_platform,
    &rules::host_program_writable,
    &rules::host_read_failed,
    &rules::host_state_dir,
    &rules::host_tampered,
    &rules::host_unit_foreign,
    &rules::host_user_unknown,
    &rules::host_version_altered,
    &rules::host_version_missing,
    &rules::key_invalid,
    &rules::key_untrusted,
    &rules::lint_ignore_denied,
    &rules::lint_ignore_invalid,
    &rules::lint_ignore_unknown_rule,
    &rules::lint_ignore_unused,
    &rules::lint_not_judged,
    &rules::manifest_not_honoured,
    &rules::memory_high_above_max,
    &rules::override_disabled,
    &rules::package_capabilities,
    &rules::plan_edited,
    &rules::plan_stale,
    &rules::policy_allow_denied,
    &rules::policy_capability,
    &rules::policy_capability_denied,
    &rules::policy_delivery,
    &rules::policy_downgrade,
    &rules::policy_exec_path,
    &rules::policy_exec_prefix,
    &rules::policy_grant_expired,
    &rules::policy_grant_unmatched,
    &rules::policy_invalid,
    &rules::policy_key_unknown,
    &rules::policy_limit,
    &rules::policy_line_redundant,
    &rules::policy_missing,
    &rules::policy_pattern_unusable,
    &rules::policy_pattern_wide,
    &rules::policy_root_path,
    &rules::policy_run_as,
    &rules::policy_signature,
    &rules::policy_state_dir,
    &rules::policy_supervision,
    &rules::policy_test_invalid,
    &rules::policy_unit_forbidden,
    &rules::policy_unit_name,
    &rules::policy_unit_reference,
    &rules::policy_unit_required,
    &rules::policy_untrusted,
    &rules::primary_unit_ambiguous,
    &rules::primary_unit_missing,
    &rules::reader_failed,
    &rules::run_as_contradicts_user,
    &rules::schema_duplicate_item,
    &rules::schema_enum,
    &rules::schema_length,
    &rules::schema_missing_key,
    &rules::schema_other,
    &rules::schema_pattern,
    &rules::schema_range,
    &rules::schema_type,
    &rules::schema_unknown_key,
    &rules::signature_invalid,
    &rules::signature_legacy,
    &rules::signature_malformed,
    &rules::signature_missing,
    &rules::signature_other_bundle,
    &rules::signature_unknown_key,
    &rules::state_dir_shared,
    &rules::unit_encoding,
    &rules::unit_incomplete,
    &rules::unit_syntax,
    &rules::unit_value,
    &rules::unsafe_path,
    &rules::unsafe_unit_name,
    &rules::version_constraint,
    &rules::version_content_changed,
};
}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

std::span<const Rule* const> all_rules() { return table; }

const Rule* find_rule(std::string_view id) {
  const auto* found =
      std::lower_bound(table.begin(), table.end(), id,
                       [](const Rule* rule, std::string_view wanted) { return rule->id < wanted; });
  return found != table.end() && (*found)->id == id ? *found : nullptr;
}

}  // namespace core
}  // namespace addon
