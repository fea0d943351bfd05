#include "service/wire.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "core/text.hpp"

namespace addon::service {

namespace {

constexpr std::size_t kNumberBytes = 8;
constexpr std::uint64_t kAnyNumber = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kMostInt = std::numeric_limits<int>::max();
// Of a value in an array or object, with what its place there takes.
constexpr std::size_t kJsonValue = 96;

enum class JsonKind : std::uint8_t { null, no, yes, negative, positive, real, text, array, object };

}  // namespace

void WireWriter::number(std::uint64_t value) {
  for (std::size_t i = 0; i < kNumberBytes; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xffU);
}

void WireWriter::text(std::string_view text) {
  number(text.size());
  bytes_ += text;
}

std::uint64_t WireReader::number(std::uint64_t most) {
  if (failed_ || bytes_.size() < kNumberBytes) {
    failed_ = true;
    return 0;
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kNumberBytes; ++i)
    value |= std::uint64_t{static_cast<unsigned char>(bytes_[i])} << (8 * i);
  bytes_.remove_prefix(kNumberBytes);
  failed_ = value > most;
  return failed_ ? 0 : value;
}

std::string WireReader::text() {
  const std::size_t size = count();
  charge(size);
  if (failed_) return {};
  std::string text(bytes_.substr(0, size));
  bytes_.remove_prefix(size);
  return text;
}

std::size_t WireReader::count() {
  const std::uint64_t count = number(kAnyNumber);
  if (count > bytes_.size()) failed_ = true;
  return failed_ ? 0 : static_cast<std::size_t>(count);
}

void WireReader::charge(std::size_t memory) {
  memory_ += std::min(memory, kMaxWireMemory);
  if (memory_ > kMaxWireMemory) failed_ = true;
}

Result<> WireReader::finish() const {
  if (!failed_ && bytes_.empty()) return {};
  return tl::unexpected(Error("what it handed back is none of the answers there are", ErrorKind::invalid));
}

namespace {

void write_json(WireWriter& writer, const Json& json) {
  const auto kind = [&](JsonKind what) { writer.number(static_cast<std::uint64_t>(what)); };
  switch (json.type()) {
    case Json::value_t::boolean:
      return kind(json.get<bool>() ? JsonKind::yes : JsonKind::no);
    case Json::value_t::number_integer:
      kind(JsonKind::negative);
      return writer.number(std::bit_cast<std::uint64_t>(json.get<std::int64_t>()));
    case Json::value_t::number_unsigned:
      kind(JsonKind::positive);
      return writer.number(json.get<std::uint64_t>());
    case Json::value_t::number_float:
      kind(JsonKind::real);
      return writer.number(std::bit_cast<std::uint64_t>(json.get<double>()));
    case Json::value_t::string:
      kind(JsonKind::text);
      return writer.text(json.get_ref<const std::string&>());
    case Json::value_t::array:
      kind(JsonKind::array);
      writer.number(json.size());
      for (const Json& item : json) write_json(writer, item);
      return;
    case Json::value_t::object:
      kind(JsonKind::object);
      writer.number(json.size());
      for (const auto& [key, value] : json.items()) {
        writer.text(key);
        write_json(writer, value);
      }
      return;
    default:
      return kind(JsonKind::null);
  }
}

std::string read_utf8(WireReader& reader) {
  std::string text = reader.text();
  if (!is_utf8(text)) reader.fail();
  return text;
}

Json read_json(WireReader& reader, int depth);

Json read_array(WireReader& reader, int depth) {
  Json array = Json::array();
  for (std::size_t left = reader.count(); left > 0 && !reader.failed(); --left)
    array.push_back(read_json(reader, depth + 1));
  return array;
}

Json read_object(WireReader& reader, int depth) {
  Json object = Json::object();
  for (std::size_t left = reader.count(); left > 0 && !reader.failed(); --left) {
    std::string key = read_utf8(reader);
    if (object.contains(key)) reader.fail();
    object[std::move(key)] = read_json(reader, depth + 1);
  }
  return object;
}

Json read_json(WireReader& reader, int depth) {
  reader.charge(kJsonValue);
  if (depth > kMaxWireDepth) reader.fail();
  if (reader.failed()) return nullptr;
  switch (static_cast<JsonKind>(reader.number(static_cast<std::uint64_t>(JsonKind::object)))) {
    case JsonKind::null:
      return nullptr;
    case JsonKind::no:
      return false;
    case JsonKind::yes:
      return true;
    case JsonKind::negative:
      return std::bit_cast<std::int64_t>(reader.number(kAnyNumber));
    case JsonKind::positive:
      return reader.number(kAnyNumber);
    case JsonKind::real:
      return std::bit_cast<double>(reader.number(kAnyNumber));
    case JsonKind::text:
      return read_utf8(reader);
    case JsonKind::array:
      return read_array(reader, depth);
    case JsonKind::object:
      return read_object(reader, depth);
  }
  return nullptr;
}

}  // namespace

void wire(WireWriter& writer, const Json& json) { write_json(writer, json); }
void wire(WireReader& reader, Json& json) { json = read_json(reader, 0); }

void wire(WireWriter& writer, const SourceSpan& at) {
  // A list of places is mostly one of the same file.
  const bool is_other = at.file != writer.last_file;
  writer.number(is_other ? 1 : 0);
  if (is_other) writer.text(writer.last_file = at.file);
  wire_number(writer, at.line, kMostInt);
  wire_number(writer, at.column, kMostInt);
}

void wire(WireReader& reader, SourceSpan& at) {
  if (reader.number(1) == 1) reader.last_file = reader.text();
  reader.charge(reader.last_file.size());
  if (!reader.failed()) at.file = reader.last_file;
  wire_number(reader, at.line, kMostInt);
  wire_number(reader, at.column, kMostInt);
}

namespace {

template <class V, class T>
void rest_of_finding(V& visitor, T& finding) {
  // Its rule went before, and no parser speaks of policy.
  [[maybe_unused]] auto& [rule, severity, message, at, pointer, addon, policy, fix] = finding;
  wire_number(visitor, severity, static_cast<std::uint64_t>(Severity::note));
  wire_all(visitor, message, at, pointer, addon, fix);
}

}  // namespace

void wire(WireWriter& writer, const Finding& finding) {
  writer.text(finding.rule->id);
  rest_of_finding(writer, finding);
}

void wire(WireReader& reader, Finding& finding) {
  finding.rule = find_rule(reader.text());
  if (finding.rule == nullptr) reader.fail();
  rest_of_finding(reader, finding);
}

}  // namespace addon::service
