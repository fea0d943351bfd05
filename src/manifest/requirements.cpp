// requires.base_agent, requires.platforms and requires.addons.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.hpp"
#include "manifest/checks.hpp"

namespace addon::manifest {

namespace {
// The longer ones first.
constexpr std::array<std::string_view, 6> comparisons = {">=", "<=", "==", ">", "<", "="};

struct Comparison {
  std::string_view how;  ///< "" and "=" mean "=="
  std::string_view version;
};

/// Takes the first comparison off the text, nullopt at its end.
std::optional<Comparison> next_comparison(std::string_view& text) {
  constexpr std::string_view separators = " ,";
  text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
  if (text.empty()) return std::nullopt;
  Comparison next;
  for (const std::string_view comparison : comparisons) {
    if (!text.starts_with(comparison)) continue;
    next.how = comparison;
    text.remove_prefix(comparison.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    break;
  }
  next.version = text.substr(0, text.find_first_of(separators));
  text.remove_prefix(next.version.size());
  return next;
}

bool holds(std::weak_ordering order, std::string_view how) {
  if (how == ">=") return order >= 0;
  if (how == "<=") return order <= 0;
  if (how == ">") return order > 0;
  if (how == "<") return order < 0;
  return order == 0;
}

/// The text of a sound constraint, "" where there is none.
std::string read_constraint(Reader& reader, const Field& field) {
  const std::string* text = reader.plain_text(field);
  if (text == nullptr) return "";
  if (is_version_constraint(*text)) return *text;
  reader.report(rules::version_constraint, field,
                fmt::format("{} is {}, which is not a version constraint", field.label, quoted(*text)),
                "write comparisons with SemVer versions, such as \">=1.2.0 <2.0.0\"");
  return "";
}
}  // namespace

bool is_version_constraint(std::string_view text) {
  bool has_version = false;
  while (const auto next = next_comparison(text)) {
    if (!Version::parse(next->version)) return false;
    has_version = true;
  }
  return has_version;
}

bool meets_constraint(const Version& version, std::string_view constraint) {
  while (const auto next = next_comparison(constraint)) {
    const Result<Version> bound = Version::parse(next->version);
    if (!bound || !holds(version.precedence(*bound), next->how)) return false;
  }
  return true;
}

Sourced<std::string> read_base_agent(Reader& reader) {
  const Field field = reader.root()["requires"]["base_agent"];
  if (!field) return {};
  return {read_constraint(reader, field), reader.span(field), field.pointer};
}

// What is no version of the database's kind only the database can tell.
std::optional<RequiredPackage> read_package(Reader& reader) {
  const Field field = reader.root()["requires"]["package"];
  if (!field) return std::nullopt;
  const std::string* name = reader.plain_text(field["name"]);
  if (name == nullptr) return std::nullopt;
  RequiredPackage package{*name, "", "", reader.span(field["name"]), field["name"].pointer};
  const Field version = field["version"];
  const std::string* text = reader.plain_text(version);
  if (text == nullptr) return package;
  std::string_view rest = *text;
  const auto comparison = next_comparison(rest);
  if (!comparison) return package;
  package.comparison = comparison->how.empty() || comparison->how == "==" ? "=" : comparison->how;
  package.version = comparison->version;
  package.at = reader.span(version);
  package.pointer = version.pointer;
  return package;
}

void check_delivered_capabilities(Reader& reader, const std::vector<RequestedCapability>& asked) {
  const std::string* delivery = reader.text(reader.root()["delivery"]);
  if (delivery == nullptr || asked.empty()) return;
  const Field field = reader.root()["requires"]["os_capabilities"];
  if (delivery_from(*delivery) == Delivery::os_package) {
    reader.report(
        rules::package_capabilities, field,
        "an os-package gets no file capabilities: the package manager would take them off with the "
        "next upgrade, and nobody would see it",
        "let the package's unit give them with AmbientCapabilities=, and leave os_capabilities empty");
  } else if (delivery_from(*delivery) == Delivery::compiled_in) {
    reader.report(
        rules::manifest_not_honoured, field,
        fmt::format("{} has no effect: delivery compiled-in has no file that could get them", field.label),
        "give them to the agent, or deliver the program by pushed-artifact");
  }
}

std::vector<RequiredAddon> read_required_addons(Reader& reader) {
  std::vector<RequiredAddon> addons;
  const std::string* own = reader.text(reader.root()["id"]);
  for (const Field& item : reader.root()["requires"]["addons"].items()) {
    std::string version = read_constraint(reader, item["version"]);
    const Field id_field = item["id"];
    const std::string* text = reader.text(id_field);
    if (text == nullptr) continue;
    Result<AddonId> id = AddonId::parse(*text);
    if (own != nullptr && *text == *own) {
      reader.report(rules::addon_cycle, id_field, fmt::format("{} needs itself", *own),
                    "remove the requirement");
    } else if (id) {
      addons.push_back({std::move(*id), std::move(version), reader.span(id_field), id_field.pointer});
    } else {
      reader.report(rules::schema_pattern, id_field,
                    fmt::format("{}: {}", id_field.label, id.error().message()));
    }
  }
  return addons;
}

std::optional<Sourced<std::vector<std::string>>> read_platforms(Reader& reader) {
  const Field field = reader.root()["requires"]["platforms"];
  if (!reader.is_sound(field)) return std::nullopt;
  return Sourced<std::vector<std::string>>{read_words(reader, field), reader.span(field), field.pointer};
}

}  // namespace addon::manifest
