#include "document/yaml.hpp"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "core/text.hpp"
#include "document/scalar.hpp"

namespace addon::document {

namespace {
constexpr std::size_t most_duplicate_findings = 100;
constexpr std::string_view core_tags = "tag:yaml.org,2002:";

Position position_of(const yaml_mark_t& mark) {
  return {static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1};
}

Position position_at(std::string_view text, std::size_t offset) {
  text = text.substr(0, offset);
  const std::size_t line_start = text.find_last_of("\r\n") + 1;  // npos + 1 is 0
  int line = 1;
  for (std::size_t i = 0; i < line_start; ++i) {
    const bool is_crlf = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (text[i] == '\n' || (text[i] == '\r' && !is_crlf)) ++line;
  }
  const auto starts_code_point = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
  const auto column =
      std::count_if(text.begin() + static_cast<std::ptrdiff_t>(line_start), text.end(), starts_code_point);
  return {line, static_cast<int>(column) + 1};
}

// The rest of a line that holds nothing but ASCII before the position; enough to look at what indents.
std::string_view text_from(std::string_view text, Position at) {
  for (int line = 1; line < at.line; ++line) text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  return text.substr(std::min(static_cast<std::size_t>(at.column) - 1, text.size()));
}

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

struct Parser {
  Parser() = default;
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() {
    if (ready) yaml_parser_delete(&raw);
  }
  yaml_parser_t raw{};
  bool ready = yaml_parser_initialize(&raw) == 1;
};

struct Event {
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&raw); }
  yaml_event_t raw{};
};

// A collection that is not closed yet.
struct Frame {
  Node node;
  std::optional<std::string> key;  ///< a mapping's key that waits for its value
  Position key_at;
};

// Builds the tree from libyaml's events. A stack of its own instead of recursion: the depth of a
// document is its author's choice.
class Builder {
 public:
  Builder(std::string_view text, std::string file, const Limits& limits)
      : text_(text), limits_(limits), document_{std::move(file), {}} {}

  Result<Document> run();

 private:
  using Refusal = tl::unexpected<Error>;

  Result<> check_text() const;
  Result<> parse_root(yaml_parser_t& parser);
  Result<> read(yaml_parser_t& parser, Event& event) const;
  Result<> take(const yaml_event_t& event);
  Result<> take_scalar(const yaml_event_t& event);
  Result<> begin(const yaml_event_t& event, NodeType type);
  Result<> end();
  Result<> add(Node node);
  Result<> check_properties(const yaml_event_t& event, std::string_view anchor, std::string_view tag,
                            std::string_view core_types) const;
  Result<NodeType> scalar_type(const yaml_event_t& event) const;
  void note_duplicates(const Node& mapping);
  Refusal syntax_error(const yaml_parser_t& parser) const;
  Position place(const yaml_mark_t& mark) const;

  Finding finding(const Rule& rule, Position at, std::string message, std::string fix) const {
    Finding out = make_finding(rule, std::move(message), document_.span(at));
    out.fix = std::move(fix);
    return out;
  }
  Refusal refuse(const Rule& rule, Position at, std::string message, std::string fix) const {
    return Refusal(Error::of({finding(rule, at, std::move(message), std::move(fix))}));
  }

  std::string_view text_;
  Limits limits_;
  Document document_;
  std::vector<Frame> stack_;
  std::vector<Finding> duplicates_;
  Position end_;  ///< of the text, one column behind its last character
  bool has_root_ = false;
};

Result<> Builder::check_text() const {
  if (text_.size() > limits_.bytes) {
    return refuse(
        rules::document_too_large, position_at(text_, limits_.bytes),
        fmt::format("the document has {} bytes, more than the limit of {}", text_.size(), limits_.bytes),
        "remove what does not belong in it");
  }
  using std::string_view_literals::operator""sv;
  for (const std::string_view mark : {"\xfe\xff"sv, "\xff\xfe"sv, "\0\0\xfe\xff"sv}) {
    if (text_.starts_with(mark)) {
      return refuse(rules::document_encoding, {1, 1}, "the document is UTF-16 or UTF-32, not UTF-8",
                    "save it as UTF-8");
    }
  }
  // YAML 1.1 and libyaml break lines at these, YAML 1.2 and editors do not: what a reader sees
  // would not be what is parsed.
  for (const std::string_view separator : {"\u0085"sv, "\u2028"sv, "\u2029"sv}) {
    const std::size_t offset = text_.find(separator);
    if (offset == std::string_view::npos) continue;
    return refuse(rules::document_encoding, position_at(text_, offset),
                  "a Unicode line separator stands here, which YAML versions read differently",
                  "use a plain line break, or an escape in double quotes");
  }
  return {};
}

// At the end of a text that lacks its last line break libyaml counts one line more than there is.
Position Builder::place(const yaml_mark_t& mark) const {
  const Position at = position_of(mark);
  return at.line > end_.line ? end_ : at;
}

Builder::Refusal Builder::syntax_error(const yaml_parser_t& parser) const {
  if (parser.error == YAML_MEMORY_ERROR) return Refusal(Error("cannot parse the document: out of memory"));
  const std::string_view problem = parser.problem == nullptr ? "unknown problem" : parser.problem;
  if (parser.error == YAML_READER_ERROR) {
    const Position at = position_at(text_, parser.problem_offset);
    const bool is_control = problem.find("control") != std::string_view::npos;
    if (is_control) {
      return refuse(rules::document_encoding, at,
                    fmt::format("the control character U+{:04X} may not stand in YAML", parser.problem_value),
                    "remove it, or write it as an escape in double quotes");
    }
    return refuse(rules::document_encoding, at, fmt::format("the text is not UTF-8: {}", problem),
                  "save it as UTF-8");
  }
  const Position at = place(parser.problem_mark);
  if (problem.find("cannot start any token") != std::string_view::npos &&
      text_from(text_, at).starts_with('\t')) {
    return refuse(rules::document_syntax, at, "a tab cannot indent YAML", "indent with spaces");
  }
  std::string message = fmt::format("not valid YAML: {}", problem);
  if (parser.context != nullptr) {
    const Position start = place(parser.context_mark);
    message += fmt::format(" {} that starts at line {}, column {}", parser.context, start.line, start.column);
  }
  return refuse(rules::document_syntax, at, std::move(message), "correct the syntax here or just before");
}

Result<> Builder::read(yaml_parser_t& parser, Event& event) const {
  yaml_event_delete(&event.raw);
  if (yaml_parser_parse(&parser, &event.raw) == 0) return syntax_error(parser);
  return {};
}

Result<> Builder::check_properties(const yaml_event_t& event, std::string_view anchor, std::string_view tag,
                                   std::string_view core_types) const {
  const Position at = place(event.start_mark);
  if (!anchor.empty()) {
    return refuse(rules::document_alias, at,
                  fmt::format("the anchor &{} may not stand here", printable(anchor)),
                  "write the value out where it is needed");
  }
  if (tag.empty() || tag == "!") return {};
  if (tag.starts_with(core_tags)) {
    const std::string name = fmt::format(" {} ", tag.substr(core_tags.size()));
    if (core_types.find(name) != std::string_view::npos) return {};
  }
  return refuse(rules::document_tag, at, fmt::format("the tag {} may not stand here", quoted(tag)),
                "remove the tag");
}

Result<NodeType> Builder::scalar_type(const yaml_event_t& event) const {
  const auto& scalar = event.data.scalar;
  const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
  const std::string_view tag = view(scalar.tag);
  const bool is_plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
  if (tag.empty()) return is_plain ? plain_scalar_type(text) : NodeType::string;
  if (tag == "!" || tag.ends_with(":str")) return NodeType::string;
  const NodeType actual = plain_scalar_type(text);
  const bool fits = (tag.ends_with(":int") && actual == NodeType::integer) ||
                    (tag.ends_with(":bool") && actual == NodeType::boolean) ||
                    (tag.ends_with(":null") && actual == NodeType::null) ||
                    (tag.ends_with(":float") && (actual == NodeType::number || actual == NodeType::integer));
  if (!fits) {
    return refuse(rules::document_tag, place(event.start_mark),
                  fmt::format("{} is no value of the tag !!{}", quoted(text), tag.substr(core_tags.size())),
                  "remove the tag or correct the value");
  }
  return tag.ends_with(":float") ? NodeType::number : actual;
}

Result<> Builder::add(Node node) {
  if (stack_.empty()) {
    document_.root = std::move(node);
    has_root_ = true;
    return {};
  }
  Frame& top = stack_.back();
  if (top.node.type == NodeType::sequence) {
    top.node.items.push_back(std::move(node));
    return {};
  }
  if (top.key) {
    top.node.members.push_back({*std::exchange(top.key, std::nullopt), top.key_at, std::move(node)});
    return {};
  }
  if (!node.is_string()) {
    const bool is_collection = node.type == NodeType::sequence || node.type == NodeType::mapping;
    const std::string what = is_collection       ? "a list or mapping"
                             : node.text.empty() ? "an empty key"
                                                 : quoted(node.text);
    return refuse(rules::document_key_type, node.at, fmt::format("a key must be a string, not {}", what),
                  is_collection ? "use a plain word as the key" : "put the key in quotes");
  }
  top.key = std::move(node.text);
  top.key_at = node.at;
  return {};
}

Result<> Builder::take_scalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  TRY(check_properties(event, view(scalar.anchor), view(scalar.tag), " str int float bool null "));
  Node node;
  node.type = TRY(scalar_type(event));
  node.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
  node.at = place(event.start_mark);
  node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
  return add(std::move(node));
}

Result<> Builder::begin(const yaml_event_t& event, NodeType type) {
  const Position at = place(event.start_mark);
  const bool is_sequence = type == NodeType::sequence;
  const yaml_char_t* anchor =
      is_sequence ? event.data.sequence_start.anchor : event.data.mapping_start.anchor;
  const yaml_char_t* tag = is_sequence ? event.data.sequence_start.tag : event.data.mapping_start.tag;
  TRY(check_properties(event, view(anchor), view(tag), is_sequence ? " seq " : " map "));
  if (stack_.size() >= static_cast<std::size_t>(limits_.depth)) {
    return refuse(rules::document_too_deep, at,
                  fmt::format("lists and mappings are nested deeper than {} levels", limits_.depth),
                  "nest less deeply");
  }
  Frame frame;
  frame.node.type = type;
  frame.node.at = at;
  stack_.push_back(std::move(frame));
  return {};
}

Result<> Builder::end() {
  Node node = std::move(stack_.back().node);
  stack_.pop_back();
  if (node.type == NodeType::mapping) note_duplicates(node);
  return add(std::move(node));
}

void Builder::note_duplicates(const Node& mapping) {
  const std::vector<Member>& members = mapping.members;
  if (members.size() < 2) return;
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return members[a].key < members[b].key; });
  std::size_t first = order.front();
  for (const std::size_t index : order) {
    if (index == first || members[index].key != members[first].key) {
      first = index;
      continue;
    }
    if (duplicates_.size() >= most_duplicate_findings) return;
    duplicates_.push_back(finding(rules::document_duplicate_key, members[index].key_at,
                                  fmt::format("the key {} is already on line {}", quoted(members[index].key),
                                              members[first].key_at.line),
                                  "keep one of the two"));
  }
}

Result<> Builder::take(const yaml_event_t& event) {
  switch (event.type) {
    case YAML_SCALAR_EVENT:
      return take_scalar(event);
    case YAML_SEQUENCE_START_EVENT:
      return begin(event, NodeType::sequence);
    case YAML_MAPPING_START_EVENT:
      return begin(event, NodeType::mapping);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return end();
    case YAML_ALIAS_EVENT:
      return refuse(rules::document_alias, place(event.start_mark),
                    fmt::format("the alias *{} may not stand here", printable(view(event.data.alias.anchor))),
                    "write the value out where it is needed");
    default:
      return {};
  }
}

Result<> Builder::parse_root(yaml_parser_t& parser) {
  Event event;
  do {
    TRY(read(parser, event));
    if (event.raw.type == YAML_DOCUMENT_START_EVENT && has_root_) {
      return refuse(rules::document_multiple, place(event.raw.start_mark),
                    "a second document starts here; only one may stand in a file",
                    "put each document in a file of its own");
    }
    TRY(take(event.raw));
  } while (event.raw.type != YAML_STREAM_END_EVENT);
  return {};
}

Result<Document> Builder::run() {
  TRY(check_text());
  if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  end_ = position_at(text_, text_.size());
  Parser parser;
  if (!parser.ready) return tl::unexpected(Error("cannot parse the document: out of memory"));
  // Said here, lest libyaml guess: UTF-16 is refused above.
  yaml_parser_set_encoding(&parser.raw, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser.raw, reinterpret_cast<const unsigned char*>(text_.data()),
                               text_.size());
  TRY(parse_root(parser.raw));
  const Node& root = document_.root;
  if (!has_root_ || (root.type == NodeType::null && root.plain && root.text.empty())) {
    return refuse(rules::document_multiple, {1, 1}, "the document is empty",
                  "write a mapping of keys and values");
  }
  if (!duplicates_.empty()) {
    sort_findings(duplicates_);
    return tl::unexpected(Error::of(std::move(duplicates_)));
  }
  return std::move(document_);
}
}  // namespace

Result<Document> parse_yaml(std::string_view text, std::string file, const Limits& limits) {
  return Builder(text, std::move(file), limits).run();
}

}  // namespace addon::document
