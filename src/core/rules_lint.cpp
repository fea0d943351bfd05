// Rules about lint itself: comments that ask it to ignore a finding, and what it did not get to see.
#include "core/rule_words.hpp"

namespace addon {
inline namespace core {
namespace rules {

constinit const Rule lint_ignore_denied{
    "lint-ignore-denied", warning, invalid, "A comment asks lint to ignore what policy denies.",
    "What an add-on may have is for the site to say and not for the file that asks for it, so the denial "
    "counts all the same. Ask for less, or let the site's owner allow it; whoever runs lint can put it into "
    "a "
    "baseline."};

constinit const Rule lint_ignore_invalid{
    "lint-ignore-invalid", warning, invalid,
    "A comment for addonctl is not of the form \"addonctl: ignore RULE REASON\".",
    "It has no effect. Whoever reads the file later must learn why a finding does not matter, so an ignore "
    "without a reason is none."};

constinit const Rule lint_ignore_unknown_rule{
    "lint-ignore-unknown-rule", warning, invalid, "A comment asks lint to ignore a rule that does not exist.",
    "It has no effect. The rule of a finding stands in brackets: error[schema-type]."};

constinit const Rule lint_ignore_unused{
    "lint-ignore-unused", warning, invalid, "A comment asks lint to ignore a finding that is not there.",
    "What it excused was corrected, or it stands on another line: it speaks of its own line, or of the next "
    "one where it stands alone. Left there it would hide the next such mistake. Remove it, or move it."};

constinit const Rule lint_not_judged{
    "lint-not-judged", warning, invalid, "Ignored errors kept lint from looking at the rest.",
    "A manifest or bundle with such an error is not understood, so neither its privileges nor what policy "
    "says of them were looked at. plan and apply refuse it. Correct the errors."};

}  // namespace rules
}  // namespace core
}  // namespace addon
