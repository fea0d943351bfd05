#pragma once

#include "core/rules.hpp"

/// Short names in which the catalogue of rules reads as a table; for src/core/rules_*.cpp only.
namespace addon {
inline namespace core {
namespace rules {
inline constexpr auto error = Severity::error;
inline constexpr auto warning = Severity::warning;
inline constexpr auto note = Severity::note;
inline constexpr auto invalid = RuleOutcome::invalid;
inline constexpr auto denied = RuleOutcome::denied;
inline constexpr auto failed = RuleOutcome::failed;
}  // namespace rules
}  // namespace core
}  // namespace addon
