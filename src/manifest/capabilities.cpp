#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/text.hpp"
#include "manifest/checks.hpp"

namespace addon::manifest {

namespace {
// As capabilities(7) writes it.
std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

// Without the prefix that all names share, lest it make any two of them look alike.
std::string without_prefix(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower.starts_with("cap_") ? lower.substr(4) : lower;
}

std::string suggestion(std::string_view name) {
  std::vector<std::string> names;
  for (const std::string& known : CapabilitySet::all().names()) names.push_back(without_prefix(known));
  const std::string meant = did_you_mean(without_prefix(name), names);
  return meant.empty() ? "" : "CAP_" + upper(meant);
}

void report_unknown(Reader& reader, const Field& field, std::string_view name) {
  const std::string meant = suggestion(name);
  reader.report(rules::capability_unknown, field,
                fmt::format("{} is not the name of a Linux capability{}", quoted(name),
                            meant.empty() ? "" : fmt::format("; did you mean {}?", meant)),
                meant.empty() ? "use a name from capabilities(7)" : fmt::format("write {}", meant));
}
}  // namespace

std::vector<RequestedCapability> read_capabilities(Reader& reader) {
  const Field list = reader.root()["requires"]["os_capabilities"];
  const std::vector<Field> items = list.items();
  const auto is_blank = [](const Field& item) {
    return item.node->is_string() && trim(item.node->text).empty();
  };
  if (!items.empty() && std::all_of(items.begin(), items.end(), is_blank)) {
    Finding finding = make_finding(rules::capability_blank,
                                   fmt::format("{} asks for capabilities, but names none", list.label),
                                   reader.span(list), list.pointer);
    finding.severity = Severity::error;
    finding.fix = "name the capabilities, or write []";
    reader.report(std::move(finding));
    return {};
  }
  std::vector<RequestedCapability> out;
  CapabilitySet seen;
  for (const Field& item : items) {
    const std::string* text = reader.text(item);
    if (text == nullptr) continue;
    if (is_blank(item)) {
      reader.report(rules::capability_blank, item, fmt::format("{} is blank and is dropped", item.label),
                    "remove it");
      continue;
    }
    const std::optional<Capability> capability = Capability::from_name(*text);
    if (!capability) {
      report_unknown(reader, item, trim(*text));
    } else if (!seen.contains(*capability)) {
      seen.insert(*capability);
      out.push_back({*capability, reader.span(item), item.pointer});
    }
  }
  std::sort(out.begin(), out.end(), [](const RequestedCapability& a, const RequestedCapability& b) {
    return a.capability < b.capability;
  });
  return out;
}

CapabilitySet Manifest::capability_set() const {
  CapabilitySet set;
  for (const RequestedCapability& requested : os_capabilities) set.insert(requested.capability);
  return set;
}

}  // namespace addon::manifest
