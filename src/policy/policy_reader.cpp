#include "policy/policy_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/text.hpp"

namespace addon::policy {

namespace {

// systemd.service(5), "Command lines".
constexpr std::array<std::string_view, 7> kPrefixes = {"@", "-", ":", "+", "!", "!!", "|"};

std::optional<unsigned> number(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// A day of RFC 3339, "YYYY-MM-DD", that exists.
std::optional<std::chrono::year_month_day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return date;
}

/// Fills lines from a list of words that `parse` knows. The schema has refused all others.
template <class T, class Parse>
std::vector<Line<T>> known_words(const std::vector<Line<std::string>>& words, const Parse& parse) {
  std::vector<Line<T>> lines;
  for (const auto& word : words) {
    if (const auto value = parse(word.value)) lines.push_back({*value, word.at});
  }
  return lines;
}

std::vector<std::string> capability_names() { return CapabilitySet::all().names(); }

}  // namespace

std::string to_string(std::chrono::year_month_day day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

Place Place::operator[](std::string_view key) const {
  return {node == nullptr ? nullptr : node->find(key), document::pointer_append(pointer, key)};
}

std::vector<Place> Place::items() const {
  std::vector<Place> places;
  if (node == nullptr) return places;
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    places.push_back({&node->items[i], document::pointer_append(pointer, std::to_string(i))});
  }
  return places;
}

PolicyRef PolicyReader::ref(const Place& place, const std::string& grant) const {
  return {document_.file, place.node->at.line, grant};
}

Finding& PolicyReader::invalid(const Place& place, std::string message, std::string fix) {
  Finding finding =
      make_finding(rules::policy_invalid, std::move(message), document_.span(*place.node), place.pointer);
  finding.fix = std::move(fix);
  findings_.push_back(std::move(finding));
  return findings_.back();
}

std::vector<Line<std::string>> PolicyReader::strings(const Place& list, const std::string& grant) {
  std::vector<Line<std::string>> lines;
  for (const Place& item : list.items()) lines.push_back({item.node->text, ref(item, grant)});
  return lines;
}

std::vector<Line<Capability>> PolicyReader::capabilities(const Place& list, const std::string& grant) {
  std::vector<Line<Capability>> lines;
  for (const Place& item : list.items()) {
    if (const auto capability = Capability::from_name(item.node->text)) {
      lines.push_back({*capability, ref(item, grant)});
      continue;
    }
    const std::string nearest = did_you_mean(item.node->text, capability_names());
    invalid(item, fmt::format("{} is not a Linux capability", quoted(item.node->text)),
            nearest.empty() ? "use a name of capabilities(7)" : fmt::format("did you mean {}?", nearest));
  }
  return lines;
}

std::vector<Line<std::string>> PolicyReader::prefixes(const Place& list, const std::string& grant) {
  std::vector<Line<std::string>> lines;
  for (const Place& item : list.items()) {
    const std::string& prefix = item.node->text;
    if (std::find(kPrefixes.begin(), kPrefixes.end(), prefix) != kPrefixes.end()) {
      lines.push_back({prefix, ref(item, grant)});
    } else {
      invalid(item, fmt::format("{} is not a prefix of an Exec line", quoted(prefix)),
              "use one of @ - : + ! !! |, one a line");
    }
  }
  return lines;
}

Allowances PolicyReader::allowances(const Place& scope, const std::string& grant) {
  Allowances result;
  result.capabilities_allow = capabilities(scope["capabilities"]["allow"], grant);
  result.capabilities_deny = capabilities(scope["capabilities"]["deny"], grant);
  result.supervision = known_words<manifest::Supervision>(strings(scope["supervision"]["allow"], grant),
                                                          manifest::supervision_from);
  result.delivery =
      known_words<manifest::Delivery>(strings(scope["delivery"]["allow"], grant), manifest::delivery_from);
  result.run_as = strings(scope["run_as"]["allow"], grant);
  const Place dynamic = scope["run_as"]["allow_dynamic_user"];
  if (dynamic.node != nullptr && dynamic.node->type == document::NodeType::boolean) {
    result.allow_dynamic_user = Line<bool>{dynamic.node->as_bool(), ref(dynamic, grant)};
  }
  result.unit_names = strings(scope["units"]["names"], grant);
  result.exec_prefixes = prefixes(scope["units"]["exec_prefixes"], grant);
  return result;
}

void PolicyReader::read_match(const Place& place, Grant& grant) {
  const Place ids = place["match"]["id"];
  const Place signed_by = place["match"]["signed_by"];
  grant.ids = strings(ids, grant.name);
  if (grant.ids.empty()) {
    invalid(ids.node != nullptr ? ids : place, fmt::format("grant {} matches no add-on", quoted(grant.name)),
            "name the add-ons that it is for in match.id");
  }
  if (signed_by.node == nullptr) return;
  // What nobody checks must not give anything: only the denies of such a grant are kept.
  Allowances denies;
  denies.capabilities_deny = std::move(grant.allowances.capabilities_deny);
  grant.allowances = std::move(denies);
  invalid(signed_by,
          fmt::format("grant {} is bound to a signature, and this version checks none: it allows nothing",
                      quoted(grant.name)),
          "remove match.signed_by to grant by id alone")
      .severity = Severity::warning;
}

void PolicyReader::read_expiry(const Place& place, Grant& grant) {
  const Place expires = place["expires"];
  if (expires.node == nullptr) return;
  grant.expires = parse_day(expires.node->text);
  grant.expires_at = document_.span(*expires.node);
  if (!grant.expires) {
    invalid(expires, fmt::format("{} is not a day", quoted(expires.node->text)),
            "write a day of the calendar as YYYY-MM-DD");
  }
}

Grant PolicyReader::grant(const Place& place) {
  Grant grant;
  const Place name = place["name"];
  grant.name = name.node == nullptr ? "" : name.node->text;
  if (grant.name.empty() || has_control_character(grant.name)) {
    invalid(place, "a grant needs a name that can be shown", "give it a name of its own");
  }
  grant.at = ref(place, grant.name);
  if (const Place reason = place["reason"]; reason.node != nullptr) grant.reason = reason.node->text;
  grant.allowances = allowances(place, grant.name);
  read_match(place, grant);
  read_expiry(place, grant);
  return grant;
}

void PolicyReader::unenforced(const Place& place, const std::string& what, const std::string& grant) {
  const std::string whose = grant.empty() ? "" : fmt::format(" of grant {}", quoted(grant));
  invalid(place, fmt::format("{}{} is not enforced by this version", what, whose),
          "do not rely on it; remove it, or keep such add-ons off this host")
      .severity = Severity::warning;
}

void PolicyReader::warn_unenforced(const Place& scope, const std::string& grant) {
  const auto warn_if_listed = [&](const Place& place, const std::string& what) {
    if (place.node == nullptr || (place.node->items.empty() && place.node->members.empty())) return;
    unenforced(place, what, grant);
  };
  const Place units = scope["units"];
  warn_if_listed(units["forbid"], "units.forbid");
  warn_if_listed(units["require"], "units.require");
  // What follows only widens in a grant, so only the site's own restricts. An empty list allows nothing,
  // which restricts most.
  if (!grant.empty()) return;
  if (const Place paths = units["exec_paths"]; paths.node != nullptr)
    unenforced(paths, "units.exec_paths", grant);
  if (const Place dirs = scope["paths"]["state_dirs"]; dirs.node != nullptr) {
    unenforced(dirs, "paths.state_dirs", grant);
  }
  const Place required = scope["signatures"]["required"];
  if (required.node != nullptr && required.node->text != "false") {
    unenforced(required, "signatures.required", grant);
  }
  warn_if_listed(scope["signatures"]["keys"], "signatures.keys");
  if (const Place downgrade = scope["downgrade"];
      downgrade.node != nullptr && downgrade.node->text != "allow") {
    unenforced(downgrade, "downgrade", grant);
  }
  warn_if_listed(scope["limits"], "limits");
}

}  // namespace addon::policy
