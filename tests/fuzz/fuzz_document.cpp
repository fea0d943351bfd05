// YAML: what parse_yaml takes is within its limits and reads the same again, also as JSON; what it refuses,
// and what schemas, manifests and tests of policies refuse, is pointed at.
#include <algorithm>
#include <set>

#include "core/json.hpp"
#include "core/text.hpp"
#include "document/comments.hpp"
#include "document/schema.hpp"
#include "document/yaml.hpp"
#include "fuzz/property.hpp"
#include "manifest/manifest.hpp"
#include "policy/expectations.hpp"

namespace addon::fuzz {

namespace {

/// The text from a place on, with lines as YAML breaks them; a column is a code point.
std::string_view text_from(std::string_view text, document::Position at) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (int line = 1; line < at.line; ++line) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    text.remove_prefix(end);
    text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(text.size(), 1));
  }
  for (int column = 1; column < at.column && !text.empty(); ++column) {
    do text.remove_prefix(1);
    while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xc0U) == 0x80U);
  }
  return text;
}

void check_node(const document::Node& node, std::string_view text, int depth) {
  must(depth <= document::Limits{}.depth, "what is accepted is not too deep");
  check_place({"", node.at.line, node.at.column}, text, Place::needed);
  const std::string_view written = text_from(text, node.at);
  must(!node.plain || node.text.empty() || written.empty() || written.front() == node.text.front() ||
           written.front() == '!',
       "a plain scalar stands where it is said to", node.text);
  must(node.items.empty() || node.members.empty(), "a node is a list or a mapping");
  for (const document::Node& item : node.items) check_node(item, text, depth + 1);
  std::set<std::string_view> keys;
  for (const document::Member& member : node.members) {
    must(keys.insert(member.key).second, "keys are unique", member.key);
    must(node.find(member.key) == &member.value, "a member is found by its key", member.key);
    check_place({"", member.key_at.line, member.key_at.column}, text, Place::needed);
    check_node(member.value, text, depth + 1);
  }
}

int depth_of(const document::Node& node) {
  int deepest = 0;
  for (const document::Node& item : node.items) deepest = std::max(deepest, depth_of(item));
  for (const document::Member& member : node.members) deepest = std::max(deepest, depth_of(member.value));
  const bool is_collection =
      node.type == document::NodeType::sequence || node.type == document::NodeType::mapping;
  return deepest + (is_collection ? 1 : 0);
}

void check_limits(std::string_view text, const document::Document& whole) {
  const document::Limits small{.bytes = 256, .depth = 4};
  const auto limited = document::parse_yaml(text, "document.yaml", small);
  const bool fits = text.size() <= small.bytes && depth_of(whole.root) <= small.depth;
  must(limited.has_value() == fits, "limits decide, and nothing else does");
}

void check_document(const document::Document& document, std::string_view text) {
  must(is_utf8(text) && text.size() <= document::Limits{}.bytes,
       "what is accepted is UTF-8 and not too large");
  check_node(document.root, text, 0);
  check_limits(text, document);
  const Json json = document::to_json(document.root);
  const auto again = parse_json(canonical(json), "document.json");
  must(again.has_value() && *again == json, "a document is the same as JSON");
}

void check_comments(std::string_view text) {
  for (const document::Comment& comment : document::comments_of(text)) {
    check_place({"", comment.at.line, comment.at.column}, text, Place::needed);
    const std::string_view from = text_from(text, comment.at);
    must(from.starts_with('#') && trim(from.substr(1)).starts_with(comment.text) &&
             comment.text.find_first_of("\r\n") == std::string::npos,
         "a comment stands where it is said to", comment.text);
  }
}

void look_at(std::string_view text) {
  const auto parsed = document::parse_yaml(text, "document.yaml");
  const auto again = document::parse_yaml(text, "document.yaml");
  must(parsed.has_value() == again.has_value(), "parsing is deterministic");
  check_comments(text);
  if (!parsed) {
    must(words_of(parsed.error()) == words_of(again.error()), "errors are deterministic");
    return check_error(parsed.error(), text, Place::needed);
  }
  check_document(*parsed, text);
  must(document::to_json(parsed->root) == document::to_json(again->root), "values are deterministic");
  const manifest::ParsedManifest manifest = manifest::parse_manifest(text, "addon.yaml");
  check_findings(manifest.findings, text, Place::needed);
  must(manifest.manifest.has_value() != has_errors(manifest.findings), "a manifest is valid, or has errors");
  const policy::ParsedTests tests = policy::parse_policy_tests(text, "tests.yaml");
  check_findings(tests.findings, text, Place::needed);
  must(tests.cases.empty() || !has_errors(tests.findings), "there are cases, or errors");
}

}  // namespace

}  // namespace addon::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  addon::fuzz::look_at(addon::fuzz::text_of(data, size));
  return 0;
}
