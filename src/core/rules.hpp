#pragma once

#include <span>
#include <string_view>

namespace addon {
inline namespace core {

enum class Severity { error, warning, note };
std::string_view to_string(Severity severity);

/// Which exit code a finding of this rule leads to when it is an error.
enum class RuleOutcome {
  invalid,  ///< the input is wrong: exit 3
  denied,   ///< the input is sound, but policy does not allow it: exit 4
  failed    ///< the host is not in a state in which this can be done: exit 1
};

/// One kind of finding. Ids are public interface: kebab-case and stable.
struct Rule {
  std::string_view id;
  Severity severity;
  RuleOutcome outcome;
  std::string_view summary;  ///< one sentence: what is wrong
  std::string_view help;     ///< why it matters and what to do
};

/// Every rule, sorted by id. docs/rules.md lists exactly these.
std::span<const Rule* const> all_rules();

/// The rule of that id, or null.
const Rule* find_rule(std::string_view id);

namespace rules {
// Documents: YAML text and the limits on it.
extern const Rule document_unreadable;
extern const Rule document_too_large;
extern const Rule document_encoding;
extern const Rule document_syntax;
extern const Rule document_too_deep;
extern const Rule document_alias;
extern const Rule document_duplicate_key;
extern const Rule document_key_type;
extern const Rule document_tag;
extern const Rule document_multiple;
// Schemas.
extern const Rule schema_unknown_key;
extern const Rule schema_missing_key;
extern const Rule schema_type;
extern const Rule schema_enum;
extern const Rule schema_pattern;
extern const Rule schema_range;
extern const Rule schema_length;
extern const Rule schema_duplicate_item;
extern const Rule schema_other;
// Manifests: what no schema can say.
extern const Rule control_character;
extern const Rule unsafe_path;
extern const Rule unsafe_unit_name;
extern const Rule capability_unknown;
extern const Rule capability_blank;
extern const Rule delivery_supervision_mismatch;
extern const Rule addon_cycle;
extern const Rule health_exec;
extern const Rule manifest_not_honoured;
extern const Rule memory_high_above_max;
extern const Rule version_constraint;
extern const Rule package_capabilities;
extern const Rule primary_unit_ambiguous;
extern const Rule primary_unit_missing;
// Units.
extern const Rule unit_encoding;
extern const Rule unit_syntax;
extern const Rule unit_incomplete;
extern const Rule unit_value;
// Bundles.
extern const Rule bundle_unreadable;
extern const Rule exec_no_program;
extern const Rule bundle_manifest_missing;
extern const Rule bundle_manifest_ambiguous;
extern const Rule bundle_file_missing;
extern const Rule bundle_file_unlisted;
extern const Rule bundle_file_unused;
extern const Rule bundle_file_type;
extern const Rule bundle_hard_link;
extern const Rule bundle_set_id;
extern const Rule bundle_xattr;
extern const Rule bundle_file_name;
extern const Rule bundle_limit;
// Bundles that are archives.
extern const Rule bundle_archive_damaged;
extern const Rule bundle_artifact_digest;
extern const Rule bundle_compression;
extern const Rule bundle_duplicate_entry;
extern const Rule bundle_manifest_not_first;
extern const Rule bundle_sparse;
extern const Rule bundle_trailing_data;
// What both say.
extern const Rule config_schema_missing;
extern const Rule duplicate_addon;
// Signatures and the keys that they are believed by.
extern const Rule signature_malformed;
extern const Rule signature_legacy;
extern const Rule signature_unknown_key;
extern const Rule signature_invalid;
extern const Rule signature_other_bundle;
extern const Rule signature_missing;
extern const Rule key_invalid;
extern const Rule key_untrusted;
// Policy.
extern const Rule policy_invalid;
extern const Rule policy_missing;
extern const Rule policy_untrusted;
extern const Rule policy_capability;
extern const Rule policy_capability_denied;
extern const Rule policy_supervision;
extern const Rule policy_delivery;
extern const Rule policy_run_as;
extern const Rule policy_unit_name;
extern const Rule policy_exec_prefix;
extern const Rule policy_exec_path;
extern const Rule policy_unit_forbidden;
extern const Rule policy_unit_required;
extern const Rule policy_state_dir;
extern const Rule policy_root_path;
extern const Rule policy_limit;
extern const Rule policy_downgrade;
extern const Rule policy_signature;
extern const Rule policy_unit_reference;
extern const Rule policy_grant_expired;
// The policy itself, and its test cases.
extern const Rule policy_allow_denied;
extern const Rule policy_line_redundant;
extern const Rule policy_grant_unmatched;
extern const Rule policy_pattern_wide;
extern const Rule policy_pattern_unusable;
extern const Rule policy_key_unknown;
extern const Rule policy_test_invalid;
// Traps: privileges that would not be what they seem.
extern const Rule capability_no_new_privileges;
extern const Rule capability_bounding_set;
extern const Rule capability_ambient_void;
extern const Rule capability_world_executable;
extern const Rule run_as_contradicts_user;
// The host.
extern const Rule host_tampered;
extern const Rule host_unit_foreign;
extern const Rule host_user_unknown;
extern const Rule host_capability_unknown;
extern const Rule host_state_dir;
extern const Rule state_dir_shared;
extern const Rule host_nosuid;
extern const Rule host_no_file_capabilities;
extern const Rule host_program_writable;
extern const Rule host_model_unsupported;
extern const Rule host_platform;
extern const Rule host_addon_missing;
extern const Rule host_package;
extern const Rule host_package_unit;
extern const Rule host_package_program;
extern const Rule host_package_changed;
extern const Rule host_base_agent;
extern const Rule host_architecture;
extern const Rule host_file_untrusted;
extern const Rule override_disabled;
extern const Rule host_addon_needed;
extern const Rule host_version_altered;
extern const Rule host_version_missing;
extern const Rule host_read_failed;
extern const Rule reader_failed;
extern const Rule version_content_changed;
// Plans.
extern const Rule plan_edited;
extern const Rule plan_stale;
// Lint itself.
extern const Rule lint_ignore_denied;
extern const Rule lint_ignore_invalid;
extern const Rule lint_ignore_unknown_rule;
extern const Rule lint_ignore_unused;
extern const Rule lint_not_judged;
}  // namespace rules

}  // namespace core
}  // namespace addon
