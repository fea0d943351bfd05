#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"

namespace addon::document {

/// A place in the document's text; both count from 1, columns in Unicode code points.
struct Position {
  int line = 0;
  int column = 0;
};

enum class NodeType : std::uint8_t { null, boolean, integer, number, string, sequence, mapping };

struct Member;

/// A value of a document, with where it stands. Plain scalars are typed by the YAML 1.2 core
/// schema (specification 10.3.2); `text` keeps what was written, so that a schema which wants a
/// string gets "1.10" and not 1.1 (see resolve_strings).
struct Node {
  NodeType type = NodeType::null;
  bool plain = false;  ///< a scalar written without quotes
  Position at;
  std::string text;  ///< scalars: as written, after YAML's unfolding and unescaping
  std::vector<Node> items;
  std::vector<Member> members;  ///< in the order of the document; keys are unique

  /// The member's value, or null when this is no mapping or has no such key.
  const Node* find(std::string_view key) const;
  const Member* find_member(std::string_view key) const;

  bool is_string() const { return type == NodeType::string; }
  /// Precondition: type is boolean or integer.
  bool as_bool() const;
  std::int64_t as_integer() const;
};

struct Member {
  std::string key;
  Position key_at;
  Node value;
};

/// One parsed document.
struct Document {
  std::string file;  ///< the name that findings show
  Node root;

  SourceSpan span(Position at) const { return {file, at.line, at.column}; }
  SourceSpan span(const Node& node) const { return span(node.at); }
};

/// The node at an RFC 6901 pointer and where its key stands (its own position for items and the
/// root); the nearest existing ancestor when the pointer leads nowhere.
struct Located {
  const Node* node = nullptr;
  Position key_at;
};
Located locate(const Node& root, std::string_view pointer);

/// "~" and "/" escaped as RFC 6901 wants, appended after a "/".
std::string pointer_append(std::string_view pointer, std::string_view key);

}  // namespace addon::document
