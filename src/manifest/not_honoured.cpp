// What a manifest may ask for and this version does not do. A field leaves this table when it is done.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "manifest/checks.hpp"

namespace addon::manifest {

namespace {
struct NotHonoured {
  std::string_view parent;  ///< "" for a field of the manifest itself
  std::string_view key;
  std::string_view what;
  std::string_view fix;
};

constexpr std::array<NotHonoured, 1> fields = {{
    {"", "plugin", "no agent is told of it", "configure the agent itself"},
}};

bool asks_for_something(const document::Node& node) {
  const bool is_list = node.type == document::NodeType::sequence;
  const bool is_mapping = node.type == document::NodeType::mapping;
  return !(is_list && node.items.empty()) && !(is_mapping && node.members.empty());
}
}  // namespace

void report_not_honoured(Reader& reader) {
  const Field root = reader.root();
  for (const NotHonoured& one : fields) {
    const Field parent = one.parent.empty() ? root : root[one.parent];
    const Field field = parent[one.key];
    if (!reader.is_wholly_sound(field) || !asks_for_something(*field.node)) continue;
    // Where the field is named: a list begins on a line of its own.
    const document::Position at = parent.node->find_member(one.key)->key_at;
    Finding finding = make_finding(rules::manifest_not_honoured,
                                   fmt::format("{} has no effect in this version: {}", field.label, one.what),
                                   {reader.span(field).file, at.line, at.column}, field.pointer);
    finding.fix = one.fix;
    reader.report(std::move(finding));
  }
}

}  // namespace addon::manifest
