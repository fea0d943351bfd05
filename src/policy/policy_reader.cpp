#include "policy/policy_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "core/path.hpp"
#include "core/text.hpp"
#include "policy/directives.hpp"

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

/// A size that the schema has passed, in bytes; nullopt when 64 bits cannot hold it.
std::optional<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::array<std::string_view, 5> units = {"B", "KiB", "MiB", "GiB", "TiB"};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::uint64_t value = 0;
  if (std::from_chars(text.data(), text.data() + digits, value).ec != std::errc{}) return std::nullopt;
  const auto* unit = std::find(units.begin(), units.end(), trim(text.substr(digits)));
  const auto shift = unit == units.end() ? 0U : 10U * static_cast<unsigned>(unit - units.begin());
  if (value > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
  return value << shift;
}

/// Fills lines from a list of words that `parse` knows. The schema has refused all others.
template <class T, class Parse>
std::vector<Line<T>> known_words(const std::vector<Line<std::string>>& words, const Parse& parse) {
  std::vector<Line<T>> lines;
  for (const auto& word : words) {
    if (const auto value = parse(word.value)) lines.push_back({*value, word.at, word.column});
  }
  return lines;
}

std::vector<std::string> capability_names() { return CapabilitySet::all().names(); }

}  // namespace

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
  for (const Place& item : list.items())
    lines.push_back({item.node->text, ref(item, grant), item.node->at.column});
  return lines;
}

std::vector<Line<Capability>> PolicyReader::capabilities(const Place& list, const std::string& grant) {
  std::vector<Line<Capability>> lines;
  for (const Place& item : list.items()) {
    if (const auto capability = Capability::from_name(item.node->text)) {
      lines.push_back({*capability, ref(item, grant), item.node->at.column});
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
      lines.push_back({prefix, ref(item, grant), item.node->at.column});
    } else {
      invalid(item, fmt::format("{} is not a prefix of an Exec line", quoted(prefix)),
              "use one of @ - : + ! !! |, one a line");
    }
  }
  return lines;
}

void PolicyReader::check_directive(const Place& place, const std::string& name) {
  if (is_directive(name)) return;
  const std::string nearest = nearest_directive(name);
  Finding& finding =
      invalid(place, fmt::format("neither a service nor a timer has a directive {}", quoted(name)),
              nearest.empty() ? "remove it, unless a later systemd has it"
                              : fmt::format("did you mean {}?", nearest));
  // A misspelt one would take nothing away; one that is unlike all others may be newer than this list.
  if (nearest.empty()) finding.severity = Severity::warning;
}

std::vector<Line<std::string>> PolicyReader::directives(const Place& list, const std::string& grant) {
  for (const Place& item : list.items()) check_directive(item, item.node->text);
  return strings(list, grant);
}

std::vector<Line<Requirement>> PolicyReader::requirements(const Place& mapping, const std::string& grant) {
  std::vector<Line<Requirement>> lines;
  if (mapping.node == nullptr) return lines;
  for (const document::Member& member : mapping.node->members) {
    const Place values = mapping[member.key];
    check_directive(values, member.key);
    Requirement requirement{member.key, {}};
    for (const Place& value : values.items()) requirement.values.push_back(value.node->text);
    lines.push_back({std::move(requirement), ref(values, grant)});
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
    result.allow_dynamic_user =
        Line<bool>{dynamic.node->as_bool(), ref(dynamic, grant), dynamic.node->at.column};
  }
  result.unit_names = strings(scope["units"]["names"], grant);
  result.exec_prefixes = prefixes(scope["units"]["exec_prefixes"], grant);
  result.exec_paths = strings(scope["units"]["exec_paths"], grant);
  result.references = strings(scope["units"]["references"], grant);
  result.forbid = directives(scope["units"]["forbid"], grant);
  result.require = requirements(scope["units"]["require"], grant);
  result.state_dirs = strings(scope["paths"]["state_dirs"], grant);
  result.root_files = strings(scope["paths"]["root_files"], grant);
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
  if (signed_by.node != nullptr) grant.signed_by = strings(signed_by, grant.name);
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

void PolicyReader::read_limits(const Place& limits, Limits& result) {
  if (const Place bytes = limits["artifact_bytes"]; bytes.node != nullptr) {
    if (const auto size = parse_size(bytes.node->text)) {
      result.artifact_bytes.push_back({*size, ref(bytes, ""), bytes.node->at.column});
    } else {
      invalid(bytes, fmt::format("{} is more than any file system can hold", quoted(bytes.node->text)),
              "write a size such as 512MiB");
    }
  }
  if (const Place files = limits["files"]; files.node != nullptr) {
    result.files.push_back(
        {static_cast<std::uint64_t>(files.node->as_integer()), ref(files, ""), files.node->at.column});
  }
}

// Two files that name different programs contradict each other.
void PolicyReader::read_base_agent(const Place& place, SitePolicy& policy) {
  const Place words = place["version_command"];
  if (words.node == nullptr) return;
  VersionCommand command{{}, ref(words, "")};
  for (const Place& item : words.items()) command.words.push_back(item.node->text);
  const std::string& program = command.words.front();
  const bool is_plain = program.starts_with('/') && RelativePath::parse(program.substr(1)).has_value();
  const bool is_clean = std::none_of(command.words.begin(), command.words.end(),
                                     [](const std::string& word) { return has_control_character(word); });
  if (!is_plain || !is_clean) {
    invalid(words, fmt::format("{} is no program that can be run", quoted(program)),
            "name it by its absolute path without '.', '..' and control characters");
  } else if (policy.base_agent && policy.base_agent->words != command.words) {
    invalid(words, fmt::format("{} names another program", to_string(policy.base_agent->at)),
            "name the program in one file");
  } else {
    policy.base_agent = std::move(command);
  }
}

void PolicyReader::read_site(const Place& root, SitePolicy& policy) {
  read_limits(root["limits"], policy.limits);
  read_base_agent(root["base_agent"], policy);
  if (const Place downgrade = root["downgrade"]; downgrade.node != nullptr) {
    const auto value = downgrade.node->text == "allow" ? Downgrade::allow : Downgrade::deny;
    policy.downgrade.push_back({value, ref(downgrade, ""), downgrade.node->at.column});
  }
  const Place required = root["signatures"]["required"];
  if (required.node != nullptr && required.node->as_bool())
    policy.signatures_required.push_back(ref(required, ""));
  for (Line<std::string>& key : strings(root["signatures"]["keys"], ""))
    policy.signature_keys.push_back(std::move(key));
}

}  // namespace addon::policy
