#include "document/node.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "document/scalar.hpp"

namespace addon::document {

namespace {
std::string unescape(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out += token[++i] == '0' ? '~' : '/';
    } else {
      out += token[i];
    }
  }
  return out;
}

const Node* item_at(const Node& sequence, std::string_view token) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool is_number = error == std::errc() && end == token.data() + token.size();
  return is_number && index < sequence.items.size() ? &sequence.items[index] : nullptr;
}
}  // namespace

const Member* Node::find_member(std::string_view key) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const Member& member) { return member.key == key; });
  return found == members.end() ? nullptr : &*found;
}

const Node* Node::find(std::string_view key) const {
  const Member* member = find_member(key);
  return member == nullptr ? nullptr : &member->value;
}

bool Node::as_bool() const {
  assert(type == NodeType::boolean || type == NodeType::integer);
  if (type == NodeType::integer) return as_integer() != 0;
  return text.front() == 't' || text.front() == 'T';
}

std::int64_t Node::as_integer() const {
  assert(type == NodeType::boolean || type == NodeType::integer);
  if (type == NodeType::boolean) return as_bool() ? 1 : 0;
  return integer_value(text).value;
}

Located locate(const Node& root, std::string_view pointer) {
  Located at{&root, root.at};
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    if (at.node->type == NodeType::sequence) {
      const Node* item = item_at(*at.node, token);
      if (item == nullptr) return at;
      at = {item, item->at};
    } else {
      const Member* member = at.node->find_member(unescape(token));
      if (member == nullptr) return at;
      at = {&member->value, member->key_at};
    }
  }
  return at;
}

std::string pointer_append(std::string_view pointer, std::string_view key) {
  std::string out(pointer);
  out += '/';
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace addon::document
