#include "schema_page.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace addon::man {

namespace {
// In the order of the file, which is the one that a reader expects.
using Ordered = nlohmann::ordered_json;

std::string plural_of(const std::string& kind) {
  if (kind == "one word") return "words";
  if (kind == "mapping" || kind == "number") return kind + "s";
  return kind == "text or mapping" ? "text or mappings" : kind;
}

std::string kind_of(const Ordered& node) {
  if (node.contains("oneOf")) {
    std::vector<std::string> kinds;
    for (const Ordered& one : node["oneOf"]) kinds.push_back(kind_of(one));
    std::string all;
    for (const std::string& kind : kinds) all += (all.empty() ? "" : " or ") + kind;
    return all;
  }
  const std::string type = node.value("type", "");
  if (type == "object") return "mapping";
  if (type == "array")
    return "list of " + (node.contains("items") ? plural_of(kind_of(node["items"])) : "anything");
  if (type == "integer") return "number";
  if (type == "boolean") return "true or false";
  return node.contains("enum") ? "one word" : "text";
}

std::string sentence(std::string text) {
  if (!text.empty() && text.back() != '.') text += '.';
  return text;
}

std::string plain(const Ordered& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string choices_of(const Ordered& node) {
  if (!node.contains("enum")) return "";
  std::string choices;
  for (const Ordered& choice : node["enum"]) choices += (choices.empty() ? "" : ", ") + plain(choice);
  return "\nOne of: " + choices + ".";
}

std::string meaning_of(const Ordered& node) {
  std::string meaning = sentence(node.value("description", ""));
  meaning += choices_of(node);
  if (node.contains("items")) meaning += choices_of(node["items"]);
  if (node.contains("minimum") && node["minimum"] != 1)
    meaning += "\nAt least " + node["minimum"].dump() + ".";
  const std::string value =
      node.contains("default") && !node["default"].empty() ? plain(node["default"]) : "";
  if (!value.empty()) meaning += "\nDefault: " + value + ".";
  return meaning;
}

bool is_required(const Ordered& object, const std::string& key) {
  if (!object.contains("required")) return false;
  return std::find(object["required"].begin(), object["required"].end(), key) != object["required"].end();
}

void write_object(Page& page, const Ordered& object, const std::string& prefix);

// What stands in a list, and in each of several forms, has the name of the list.
void write_nested(Page& page, const Ordered& node, const std::string& name) {
  if (node.contains("properties") || node.contains("patternProperties")) write_object(page, node, name + ".");
  if (node.contains("items")) write_nested(page, node["items"], name + "[]");
  if (!node.contains("oneOf")) return;
  for (const Ordered& one : node["oneOf"]) write_nested(page, one, name);
}

void write_object(Page& page, const Ordered& object, const std::string& prefix) {
  if (object.contains("properties")) {
    for (const auto& [key, node] : object["properties"].items()) {
      const std::string required = is_required(object, key) ? ", required" : "";
      page.entry(bold(prefix + key) + " (" + escape(kind_of(node) + required) + ")", meaning_of(node));
      write_nested(page, node, prefix + key);
    }
  }
  if (prefix.empty() && object.contains("patternProperties"))
    page.entry(bold("x-") + italic("ANYTHING"),
               sentence(object["patternProperties"]["^x-"].value("description", "")));
}
}  // namespace

void write_keys(Page& page, std::string_view schema) { write_object(page, Ordered::parse(schema), ""); }

}  // namespace addon::man
