#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/finding.hpp"
#include "core/json.hpp"
#include "core/result.hpp"

/// What a caged process hands back, as bytes: numbers of 8 bytes, the lowest first; texts and lists behind
/// their length; nothing has a name. Both sides are the same program, so there is one form and no version.
/// One function wire(visitor, value) for each type says what it consists of, for writing and for reading; it
/// binds every member by name, so that a new one does not compile until it is said there. What is read may be
/// anything: the reader takes no more memory than kMaxWireMemory, knows every type's limits, and takes each
/// typed word through the type's own parse function.
namespace addon::service {

/// Bytes of one answer, and of memory that what is read of it takes.
inline constexpr std::size_t kMaxWireBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMaxWireMemory = std::size_t{256} << 20;
inline constexpr int kMaxWireDepth = 80;  ///< of JSON; what core/json.hpp reads has 64

class WireWriter {
 public:
  static constexpr bool kReads = false;
  void number(std::uint64_t value);
  void text(std::string_view text);
  const std::string& bytes() const { return bytes_; }
  /// Of a place that was written last, so that it need not be told again.
  std::string last_file{};

 private:
  std::string bytes_;
};

class WireReader {
 public:
  static constexpr bool kReads = true;
  explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

  /// 0 where it is more than `most`, or anything has failed before. The same holds of the rest: what failed
  /// once reads nothing but emptiness.
  std::uint64_t number(std::uint64_t most);
  std::string text();
  /// Of a list: no more than there are bytes.
  std::size_t count();
  /// Takes what something needs in memory off what it may take.
  void charge(std::size_t memory);
  void fail() { failed_ = true; }
  bool failed() const { return failed_; }
  /// That it was right, and all of it was read.
  Result<> finish() const;
  std::string last_file{};

 private:
  std::string_view bytes_;
  std::size_t memory_ = 0;
  bool failed_ = false;
};

template <class T, class Wanted>
concept Is = std::same_as<std::remove_const_t<T>, Wanted>;

/// A value that stands where one is going to be read. Types without an empty value have one of their own.
template <class T>
struct Blank {
  static T make() { return T{}; }
};

inline void wire(WireWriter& writer, const std::string& text) { writer.text(text); }
inline void wire(WireReader& reader, std::string& text) { text = reader.text(); }

/// A number of any type, from 0 to `most`.
template <class N>
void wire_number(WireWriter& writer, const N& number, std::uint64_t /*most*/) {
  writer.number(static_cast<std::uint64_t>(number));
}
template <class N>
void wire_number(WireReader& reader, N& number, std::uint64_t most) {
  number = static_cast<N>(reader.number(most));
}

template <class V, Is<bool> T>
void wire(V& visitor, T& flag) {
  wire_number(visitor, flag, 1);
}

/// A typed word: whatever it says is parsed as everywhere.
template <class T>
void wire_word(WireWriter& writer, const T& word) {
  writer.text(word.str());
}
template <class T>
void wire_word(WireReader& reader, T& word) {
  const std::string text = reader.text();
  if (reader.failed()) return;
  auto parsed = T::parse(text);
  if (parsed) {
    word = *std::move(parsed);
  } else {
    reader.fail();
  }
}

template <class T>
void wire(WireWriter& writer, const std::vector<T>& list) {
  writer.number(list.size());
  for (const T& item : list) wire(writer, item);
}
template <class T>
void wire(WireReader& reader, std::vector<T>& list) {
  list.clear();
  for (std::size_t left = reader.count(); left > 0 && !reader.failed(); --left) {
    reader.charge(sizeof(T));
    T item = Blank<T>::make();
    wire(reader, item);
    list.push_back(std::move(item));
  }
}

template <class T>
void wire(WireWriter& writer, const std::optional<T>& value) {
  writer.number(value ? 1 : 0);
  if (value) wire(writer, *value);
}
template <class T>
void wire(WireReader& reader, std::optional<T>& value) {
  value.reset();
  if (reader.number(1) == 0) return;
  value = Blank<T>::make();
  wire(reader, *value);
}

template <class T>
void wire(WireWriter& writer, const std::map<std::string, T, std::less<>>& map) {
  writer.number(map.size());
  for (const auto& [key, value] : map) {
    writer.text(key);
    wire(writer, value);
  }
}
template <class T>
void wire(WireReader& reader, std::map<std::string, T, std::less<>>& map) {
  map.clear();
  for (std::size_t left = reader.count(); left > 0 && !reader.failed(); --left) {
    reader.charge(sizeof(T) + sizeof(std::string));
    std::string key = reader.text();
    T value = Blank<T>::make();
    wire(reader, value);
    if (!map.emplace(std::move(key), std::move(value)).second) reader.fail();
  }
}

/// Keys, and texts, are UTF-8.
void wire(WireWriter& writer, const Json& json);
void wire(WireReader& reader, Json& json);

/// Each in its turn.
template <class V, class... T>
void wire_all(V& visitor, T&... members) {
  (wire(visitor, members), ...);
}

/// Line and column are at most what an int holds.
void wire(WireWriter& writer, const SourceSpan& at);
void wire(WireReader& reader, SourceSpan& at);
void wire(WireWriter& writer, const Finding& finding);
void wire(WireReader& reader, Finding& finding);

template <class T>
std::string to_wire(const T& value) {
  WireWriter writer;
  wire(writer, value);
  return writer.bytes();
}

/// Errors: that these bytes are no such value.
template <class T>
Result<T> from_wire(std::string_view bytes) {
  WireReader reader(bytes);
  T value = Blank<T>::make();
  wire(reader, value);
  TRY(reader.finish());
  return value;
}

}  // namespace addon::service
