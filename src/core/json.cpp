#include "core/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/rules.hpp"
#include "core/text.hpp"

namespace addon {
inline namespace core {

namespace {
constexpr std::size_t deepest = 64;
constexpr int number_overflow = 406;  // json.exception.out_of_range.406

// Tells how much the parser has read, which its SAX events do not.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* count) : at_(at), count_(count) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*count_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* count_;
};

// Builds the value from the parser's events; false from any of them stops the parser.
class Builder : public Json::json_sax_t {
 public:
  Builder(std::string_view text, const std::size_t& read) : text_(text), read_(read) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return fail("binary values are not JSON", read_); }

  bool start_object(std::size_t /*size*/) override { return begin(Json::object()); }
  bool start_array(std::size_t /*size*/) override { return begin(Json::array()); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }

  bool key(string_t& key) override {
    if (open_.back()->contains(key)) {
      return fail(fmt::format("the key {} stands here twice", quoted(key)), start_of_last_string());
    }
    key_ = std::move(key);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    const std::size_t offset = position == 0 ? 0 : position - 1;
    if (error.id == number_overflow) return fail("this number is too large", offset);
    // "[json.exception.…] parse error at line L, column C: WHY; last read: 'TEXT'". TEXT is hostile
    // and may be long, and the place is named already.
    std::string_view why = error.what();
    why = why.substr(0, why.find("; last read: "));
    if (const auto place = why.find(": "); place != std::string_view::npos) why.remove_prefix(place + 2);
    return fail(std::string(why), offset);
  }

  Json take() { return std::move(root_); }
  const std::string& problem() const { return problem_; }
  std::size_t problem_offset() const { return problem_offset_; }

 private:
  template <class Value>
  bool add(Value&& value) {
    place(Json(std::forward<Value>(value)));
    return true;
  }

  Json* place(Json value) {
    if (open_.empty()) return &(root_ = std::move(value));
    Json& parent = *open_.back();
    if (parent.is_object()) return &(parent[key_] = std::move(value));
    return &parent.emplace_back(std::move(value));
  }

  bool begin(Json container) {
    if (open_.size() == deepest)
      return fail(fmt::format("it nests deeper than {} levels", deepest), read_ - 1);
    open_.push_back(place(std::move(container)));
    return true;
  }

  bool end() {
    open_.pop_back();
    return true;
  }

  bool fail(std::string problem, std::size_t offset) {
    problem_ = std::move(problem);
    problem_offset_ = offset;
    return false;
  }

  // The last character read closes the string; within it every '"' has a '\' that is not itself escaped.
  std::size_t start_of_last_string() const {
    for (std::size_t quote = text_.rfind('"', read_ - 2);; quote = text_.rfind('"', quote - 1)) {
      const std::string_view before = text_.substr(0, quote);
      const std::size_t backslashes = before.size() - (before.find_last_not_of('\\') + 1);
      if (backslashes % 2 == 0) return quote;
    }
  }

  std::string_view text_;
  const std::size_t& read_;
  Json root_;
  std::vector<Json*> open_;
  std::string key_;
  std::string problem_;
  std::size_t problem_offset_ = 0;
};

SourceSpan place_of(std::string_view text, std::string_view file, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::string_view in_line = before.substr(before.rfind('\n') + 1);
  const auto column = 1 + std::count_if(in_line.begin(), in_line.end(), [](char c) {
                        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
                      });
  return {std::string(file), static_cast<int>(line), static_cast<int>(column)};
}

Error not_json(const std::string& why, const SourceSpan& at) {
  const std::string message = fmt::format("this is not valid JSON: {}", why);
  return Error::of({make_finding(rules::document_syntax, message, at)}).with_context(to_string(at));
}
}  // namespace

std::string canonical(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Digest digest_of(const Json& value) { return Digest::of(canonical(value)); }

Result<Json> parse_json(std::string_view text, std::string_view file) {
  std::size_t read = 0;
  Builder builder(text, read);
  const CountingIterator begin(text.data(), &read);
  const CountingIterator end(text.data() + text.size(), &read);
  try {
    if (Json::sax_parse(begin, end, &builder)) return builder.take();
  } catch (const Json::exception& error) {
    return tl::unexpected(not_json(printable(error.what()), {std::string(file), 0, 0}));
  }
  return tl::unexpected(not_json(builder.problem(), place_of(text, file, builder.problem_offset())));
}

}  // namespace core
}  // namespace addon
