#include "cli/lint/ignore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "cli/read_text.hpp"
#include "core/text.hpp"
#include "document/comments.hpp"

namespace addon::cli {

namespace {
constexpr std::size_t kLargestText = std::size_t{1} << 20;
constexpr std::string_view kMark = "addonctl:";
// As many as anybody writes: a hostile text has tens of thousands, each of them good for a warning.
constexpr std::size_t kMostComments = 1000;

using document::Comment;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

std::vector<Comment> unit_comments(const std::vector<std::string_view>& lines) {
  std::vector<Comment> comments;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = trim(lines[i]);
    if (!line.starts_with('#') && !line.starts_with(';')) continue;
    const auto column = static_cast<int>(lines[i].find_first_of("#;")) + 1;
    comments.push_back({{static_cast<int>(i) + 1, column}, true, std::string(trim(line.substr(1)))});
  }
  return comments;
}

// The first word of text, which loses it.
std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text = trim(text.substr(word.size()));
  return word;
}

class Finder {
 public:
  Finder(std::string_view text, const LintText& where)
      : where_(where),
        lines_(lines_of(text)),
        comments_(where.kind == LintText::Kind::unit ? unit_comments(lines_) : document::comments_of(text)),
        next_(next_lines()) {}

  Ignores run() && {
    std::size_t taken = 0;
    for (const Comment& comment : comments_) {
      if (!comment.text.starts_with(kMark)) continue;
      if (++taken > kMostComments) break;
      take(comment);
    }
    return std::move(found_);
  }

 private:
  void take(const Comment& comment) {
    std::string_view rest = std::string_view(comment.text).substr(kMark.size());
    const std::string_view verb = take_word(rest);
    const std::string_view name = take_word(rest);
    if (verb != "ignore" || name.empty()) {
      return add(rules::lint_ignore_invalid, comment,
                 verb == "ignore"
                     ? "this comment does not say which rule to ignore"
                     : fmt::format("a comment for addonctl begins with ignore, not {}", quoted(verb)),
                 "write \"addonctl: ignore RULE REASON\", or remove it");
    }
    const Rule* rule = find_rule(name);
    if (rule == nullptr) return add_unknown(comment, name);
    if (is_denial(*rule)) {
      return add(rules::lint_ignore_denied, comment,
                 fmt::format("{} cannot be ignored: policy denies it, whatever this file says", name),
                 "remove the comment, and ask for less or for a grant");
    }
    if (rest.empty()) {
      return add(rules::lint_ignore_invalid, comment,
                 fmt::format("this comment does not say why {} does not matter here", name),
                 "write the reason behind the rule");
    }
    found_.ignores.push_back({at(comment), line_of(comment), rule, std::string(rest)});
  }

  void add_unknown(const Comment& comment, std::string_view name) {
    std::vector<std::string> ids;
    for (const Rule* rule : all_rules()) ids.emplace_back(rule->id);
    const std::string meant = did_you_mean(name, ids);
    add(rules::lint_ignore_unknown_rule, comment,
        fmt::format("there is no rule {}{}", quoted(name),
                    meant.empty() ? "" : fmt::format("; did you mean {}?", quoted(meant))),
        meant.empty() ? "name the rule as the finding does, in brackets" : fmt::format("write {}", meant));
  }

  void add(const Rule& rule, const Comment& comment, std::string message, std::string fix) {
    Finding finding = make_finding(rule, std::move(message), at(comment));
    finding.fix = std::move(fix);
    found_.findings.push_back(std::move(finding));
  }

  SourceSpan at(const Comment& comment) const { return {where_.file, comment.at.line, comment.at.column}; }

  int line_of(const Comment& comment) const {
    return comment.alone ? next_[static_cast<std::size_t>(comment.at.line)] : comment.at.line;
  }

  // For each line the first one after it that is neither blank nor a comment; 0 for none. Once for
  // all, for a hostile text may have a comment on every line.
  std::vector<int> next_lines() const {
    std::vector<bool> passed_over(lines_.size() + 1);
    for (std::size_t i = 0; i < lines_.size(); ++i) passed_over[i + 1] = trim(lines_[i]).empty();
    for (const Comment& comment : comments_) {
      if (comment.alone) passed_over[static_cast<std::size_t>(comment.at.line)] = true;
    }
    std::vector<int> next(lines_.size() + 1);
    for (std::size_t line = lines_.size(); line > 0; --line)
      next[line - 1] = passed_over[line] ? next[line] : static_cast<int>(line);
    return next;
  }

  const LintText& where_;
  std::vector<std::string_view> lines_;
  std::vector<Comment> comments_;
  std::vector<int> next_;
  Ignores found_;
};

// Rules that need more than the manifest alone: without the bundle, nobody knows whether they hold.
bool needs_bundle(const Rule& rule) {
  constexpr std::array others = {&rules::capability_bounding_set, &rules::capability_no_new_privileges,
                                 &rules::config_schema_missing,   &rules::primary_unit_ambiguous,
                                 &rules::primary_unit_missing,    &rules::run_as_contradicts_user};
  return rule.id.starts_with("bundle-") || rule.id.starts_with("unit-") ||
         std::find(others.begin(), others.end(), &rule) != others.end();
}

bool can_tell(const LintSubject& subject, const Rule& rule) {
  return subject.understood && (subject.kind != LintSubject::Kind::manifest || !needs_bundle(rule));
}

LintText::Kind kind_of(const std::string& file) {
  return file.ends_with(".service") || file.ends_with(".timer") ? LintText::Kind::unit : LintText::Kind::yaml;
}

// Those that are known, and those that a finding points into.
std::vector<LintText> texts_of(const LintSubject& subject) {
  std::vector<LintText> texts = subject.texts;
  for (const LintFinding& found : subject.findings) {
    const SourceSpan& at = found.finding.at;
    const LintText text{at.file, kind_of(at.file)};
    if (at.line > 0 && std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
  }
  return texts;
}

Finding unused(const Ignore& ignore) {
  Finding finding = make_finding(
      rules::lint_ignore_unused,
      ignore.line == 0 ? fmt::format("no line follows on which {} could be ignored", ignore.rule->id)
                       : fmt::format("line {} has no finding {}", ignore.line, ignore.rule->id),
      ignore.at);
  finding.fix = "remove the comment, or move it to the line that it speaks of";
  return finding;
}

// Whether any finding was ignored by it.
bool apply(const Ignore& ignore, std::vector<LintFinding>& findings) {
  bool used = false;
  for (LintFinding& found : findings) {
    const SourceSpan& at = found.finding.at;
    if (found.finding.rule != ignore.rule || at.line != ignore.line || at.file != ignore.at.file) continue;
    used = true;
    if (!found.suppression)
      found.suppression = Suppression{Suppression::Kind::ignored, ignore.reason, ignore.at};
  }
  return used;
}

void note_unjudged(LintSubject& subject) {
  if (subject.understood) return;
  const LintFinding* ignored = nullptr;
  for (const LintFinding& found : subject.findings) {
    if (found.finding.severity != Severity::error) continue;
    if (found.counts()) return;
    if (ignored == nullptr) ignored = &found;
  }
  if (ignored == nullptr) return;
  Finding finding = make_finding(
      rules::lint_not_judged,
      fmt::format("{} was looked at no further because of errors that are ignored; plan and apply refuse it",
                  quoted(subject.name)),
      ignored->finding.at);
  finding.fix = "correct the errors instead of ignoring them";
  subject.findings.push_back({std::move(finding)});
}
}  // namespace

Ignores find_ignores(std::string_view text, const LintText& where) {
  // Most texts have none, and telling comments from text takes as long as parsing it.
  if (text.find(kMark) == std::string_view::npos) return {};
  return Finder(text, where).run();
}

bool is_denial(const Rule& rule) {
  return rule.outcome == RuleOutcome::denied && rule.severity == Severity::error;
}

void honour_ignores(LintSubject& subject) {
  std::vector<Finding> wrong;
  for (const LintText& text : texts_of(subject)) {
    const auto read = read_text(text.file, kLargestText);
    if (!read) continue;
    Ignores found = find_ignores(*read, text);
    std::move(found.findings.begin(), found.findings.end(), std::back_inserter(wrong));
    for (const Ignore& ignore : found.ignores) {
      if (!apply(ignore, subject.findings) && can_tell(subject, *ignore.rule))
        wrong.push_back(unused(ignore));
    }
  }
  note_unjudged(subject);
  for (Finding& finding : wrong) subject.findings.push_back({std::move(finding)});
  const auto key = [](const LintFinding& found) {
    const Finding& f = found.finding;
    return std::tie(f.at.file, f.at.line, f.at.column, f.rule->id, f.message);
  };
  std::stable_sort(subject.findings.begin(), subject.findings.end(),
                   [&](const LintFinding& a, const LintFinding& b) { return key(a) < key(b); });
}

}  // namespace addon::cli
