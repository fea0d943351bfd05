#include "document/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "core/text.hpp"
#include "document/scalar.hpp"

namespace addon::document {

namespace {
std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

// The reader's word for one of JSON Schema's types.
std::string_view word_for(std::string_view type) {
  if (type == "array") return "a list";
  if (type == "object") return "a mapping";
  if (type == "string") return "a string";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  return "null";
}

std::string describe(const Node& node) {
  if (node.type == NodeType::sequence) return "a list";
  if (node.type == NodeType::mapping) return "a mapping";
  if (node.type == NodeType::null) return "empty";
  if (node.type == NodeType::string) return fmt::format("the string {}", quoted(node.text));
  return printable(node.text);
}

std::string listed(const std::vector<std::string>& words, std::string_view last_joint) {
  if (words.size() < 2) return join(words, "");
  const std::vector<std::string> head(words.begin(), words.end() - 1);
  return fmt::format("{}{}{}", join(head, ", "), last_joint, words.back());
}

void collect_types(const Shape& shape, std::vector<std::string>& words) {
  for (const Shape* alternative : shape.alternatives) collect_types(*alternative, words);
  for (const std::string& type : shape.types) {
    const std::string word(word_for(type));
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
}

std::vector<std::string> enum_words(const Shape& shape) {
  std::vector<std::string> words;
  for (const Json& value : shape.values) {
    words.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  }
  return words;
}

std::string wanted_words(const Shape& shape) {
  if (!shape.expected.empty()) return shape.expected;
  if (!shape.values.empty()) return listed(enum_words(shape), " or ");
  std::vector<std::string> types;
  collect_types(shape, types);
  return listed(types, " or ");
}

// A value that JSON Schema's uniqueItems and enum would call equal has an equal text here.
std::string canonical_text(const Node& node) {
  switch (node.type) {
    case NodeType::integer:
      return fmt::format("i{}", node.as_integer());
    case NodeType::sequence:
    case NodeType::mapping:
      return {};
    default:
      return fmt::format("{}{}", static_cast<int>(node.type), node.text);
  }
}

struct Target {
  const Node* node = nullptr;
  const Shape* shape = nullptr;
  std::string pointer;
  std::string label;
};

class Explainer {
 public:
  Explainer(const Document& document, Target target, std::vector<Finding>& findings)
      : document_(document), node_(*target.node), target_(std::move(target)), findings_(findings) {}

  void run() {
    if (!target_.shape->allows_type(node_.type)) return explain_type(*target_.shape);
    const Shape& shape = target_.shape->for_type(node_.type);
    if (!shape.values.empty()) return explain_enum(shape);
    switch (node_.type) {
      case NodeType::string:
        return explain_text(shape);
      case NodeType::integer:
        return explain_integer(shape);
      case NodeType::sequence:
        return explain_list(shape);
      case NodeType::mapping:
        explain_unknown_keys(shape);
        return explain_missing_keys(shape);
      default:
        return;
    }
  }

 private:
  void add(const Rule& rule, std::string message, std::string fix) {
    add_at(rule, node_.at, target_.pointer, std::move(message), std::move(fix));
  }
  void add_at(const Rule& rule, Position at, std::string pointer, std::string message, std::string fix) {
    Finding finding = make_finding(rule, std::move(message), document_.span(at), std::move(pointer));
    finding.fix = std::move(fix);
    findings_.push_back(std::move(finding));
  }

  void explain_type(const Shape& shape) {
    std::vector<std::string> types;
    collect_types(shape, types);
    const std::string wanted = listed(types, " or ");
    add(rules::schema_type, fmt::format("{} must be {}, but is {}", target_.label, wanted, describe(node_)),
        shape.expected.empty() ? fmt::format("write {}", wanted) : fmt::format("write {}", shape.expected));
  }

  void explain_enum(const Shape& shape) {
    const std::vector<std::string> words = enum_words(shape);
    if (std::find(words.begin(), words.end(), node_.text) != words.end()) return;
    const std::string meant = did_you_mean(node_.text, words);
    add(rules::schema_enum,
        fmt::format("{} is {}, but must be {}{}", target_.label, quoted(node_.text),
                    words.size() == 1 ? words.front() : "one of " + join(words, ", "),
                    meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant)),
        meant.empty() ? fmt::format("use {}", listed(words, " or ")) : fmt::format("write \"{}\"", meant));
  }

  void explain_text(const Shape& shape) {
    const std::size_t length = code_points(node_.text);
    if (shape.max_length && length > *shape.max_length) {
      return add(rules::schema_length,
                 fmt::format("{} has {} characters, more than the limit of {}", target_.label, length,
                             *shape.max_length),
                 "shorten it");
    }
    if (length < shape.min_length) {
      return add(rules::schema_length,
                 length == 0 ? fmt::format("{} must not be empty", target_.label)
                             : fmt::format("{} has {} characters, fewer than the {} needed", target_.label,
                                           length, shape.min_length),
                 shape.expected.empty() ? "" : fmt::format("write {}", shape.expected));
    }
    if (shape.pattern.empty() || matches(shape.pattern)) return;
    if (has_control_character(node_.text)) {
      return add(
          rules::control_character,
          fmt::format("{} is {}, which has a control character in it", target_.label, quoted(node_.text)),
          "remove the control character");
    }
    const Rule& rule = shape.pattern_rule == nullptr ? rules::schema_pattern : *shape.pattern_rule;
    add(rule, fmt::format("{} is {}, but must be {}", target_.label, quoted(node_.text), shape.expected), "");
  }

  // Only after the length is known to be small: std::regex recurses for every character.
  bool matches(const std::string& pattern) const {
    try {
      return std::regex_search(node_.text, std::regex(pattern));
    } catch (const std::regex_error&) {
      return false;
    }
  }

  void explain_integer(const Shape& shape) {
    const IntegerValue number = integer_value(node_.text);
    const bool is_below = shape.minimum && number.value < *shape.minimum;
    const bool is_above =
        (shape.maximum && number.value > *shape.maximum) || (shape.maximum && !number.fits && !is_below);
    if (!is_below && !is_above) return;
    add(rules::schema_range,
        fmt::format("{} is {}, but must be {} {}", target_.label, printable(node_.text).substr(0, 40),
                    is_below ? "at least" : "at most", is_below ? *shape.minimum : *shape.maximum),
        "");
  }

  void explain_list(const Shape& shape) {
    const std::size_t count = node_.items.size();
    if (count < shape.min_items) {
      add(rules::schema_length,
          count == 0 ? fmt::format("{} must not be empty", target_.label)
                     : fmt::format("{} has {} items, fewer than the {} needed", target_.label, count,
                                   shape.min_items),
          "");
    }
    if (shape.max_items && count > *shape.max_items) {
      return add(
          rules::schema_length,
          fmt::format("{} has {} items, more than the limit of {}", target_.label, count, *shape.max_items),
          "remove items");
    }
    if (shape.unique_items) explain_duplicates();
  }

  void explain_duplicates() {
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < node_.items.size(); ++i) {
      const Node& item = node_.items[i];
      const std::string text = canonical_text(item);
      const auto [seen, is_new] = first.emplace(text, i);
      if (text.empty() || is_new) continue;
      add_at(rules::schema_duplicate_item, item.at, fmt::format("{}/{}", target_.pointer, i),
             fmt::format("{}[{}] repeats {}, which is already on line {}", target_.label, i,
                         quoted(item.text), node_.items[seen->second].at.line),
             "remove one of the two");
    }
  }

  void explain_unknown_keys(const Shape& shape) {
    if (!shape.is_closed) return;
    std::vector<std::string> known;
    for (const auto& [key, inner] : shape.properties) known.push_back(key);
    const bool is_root = target_.pointer.empty();
    for (const Member& member : node_.members) {
      if (findings_.size() >= most_findings) return;
      if (shape.property(member.key) != nullptr || (is_root && is_private_key(member.key))) continue;
      const std::string meant = did_you_mean(member.key, known);
      meant_.insert(meant);
      add_at(rules::schema_unknown_key, member.key_at, pointer_append(target_.pointer, member.key),
             fmt::format("unknown key {} in {}{}", quoted(member.key), target_.label,
                         meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant)),
             meant.empty() ? fmt::format("remove it; the keys known here are {}", join(known, ", "))
                           : fmt::format("write \"{}\"", meant));
    }
  }

  void explain_missing_keys(const Shape& shape) {
    for (const std::string& key : shape.required) {
      // One that is misspelt is not missing, too.
      if (node_.find_member(key) != nullptr || meant_.contains(key)) continue;
      const Shape* inner = shape.property(key);
      const std::string wanted = inner == nullptr ? "" : wanted_words(*inner);
      add(rules::schema_missing_key, fmt::format("{} lacks the required key \"{}\"", target_.label, key),
          wanted.empty() ? fmt::format("add \"{}\"", key) : fmt::format("add \"{}\": {}", key, wanted));
    }
  }

  const Document& document_;
  const Node& node_;
  Target target_;
  std::vector<Finding>& findings_;
  std::set<std::string> meant_;  ///< keys that unknown ones were taken for
};

// Follows the place through document and shape; false where either ends.
bool follow(Target& target, const std::string& step) {
  const Node& node = *target.node;
  const Shape& shape = target.shape->for_type(node.type);
  const bool is_list = node.type == NodeType::sequence;
  target.pointer = pointer_append(target.pointer, step);
  target.node = is_list ? locate(node, "/" + step).node : node.find(step);
  target.shape = is_list ? shape.items : shape.property(step);
  return target.node != nullptr && target.node != &node && target.shape != nullptr;
}
}  // namespace

std::string label_of(const Node& root, const Place& place) {
  std::string label;
  const Node* node = &root;
  for (const std::string& step : place) {
    if (node != nullptr && node->type == NodeType::sequence) {
      label += fmt::format("[{}]", step);
      node = locate(*node, "/" + step).node;
    } else {
      label += fmt::format("{}{}", label.empty() ? "" : ".", printable(step));
      node = node == nullptr ? nullptr : node->find(step);
    }
  }
  return label.empty() ? "the document" : label;
}

void explain_place(const Document& document, const Shape& root, const Place& place,
                   std::vector<Finding>& findings) {
  Target target{&document.root, &root, "", label_of(document.root, place)};
  for (const std::string& step : place) {
    if (!follow(target, step)) return;
  }
  Explainer(document, std::move(target), findings).run();
}

}  // namespace addon::document
