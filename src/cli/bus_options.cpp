#include "cli/bus_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/text.hpp"

namespace addon::cli {

namespace {

using client::Option;
using client::Options;

struct FormatName {
  std::string_view name;
  Format format;
};
// Those of verbs that go over the bus.
constexpr std::array kFormats = {FormatName{"text", Format::text}, FormatName{"json", Format::json},
                                 FormatName{"markdown", Format::markdown}};

struct VerbosityName {
  std::string_view name;
  Verbosity verbosity;
};
constexpr std::array kVerbosities = {VerbosityName{"normal", Verbosity::normal},
                                     VerbosityName{"quiet", Verbosity::quiet},
                                     VerbosityName{"verbose", Verbosity::verbose}};

/// One walk over all options, for both ways: `visit(name, value)` has each by its name.
template <class Visitor, class Request>
void for_each_flag(Visitor visit, Request& request) {
  visit("prune", request.arguments.prune);
  visit("purge", request.arguments.purge);
  visit("allow-downgrade", request.arguments.allow_downgrade);
  visit("detailed-exitcode", request.arguments.detailed_exitcode);
  visit("colours-on-out", request.streams.colours_on_out);
  visit("colours-on-err", request.streams.colours_on_err);
  visit("terminal", request.streams.err_is_terminal);
  visit("can-ask", request.streams.can_ask);
}

void write_flags(const BusRequest& request, Options& options) {
  for_each_flag(
      [&](const char* name, bool value) {
        if (value) options.emplace(name, true);
      },
      request);
}

Error wrong(std::string_view name, std::string_view what) {
  return Error(fmt::format("the option {} {}", quoted(name), what), ErrorKind::invalid);
}

/// Takes options one after the other out of those that came.
class Taker {
 public:
  explicit Taker(Options options) : options_(std::move(options)) {}

  template <class T>
  Result<std::optional<T>> take(std::string_view name) {
    const auto found = options_.find(name);
    if (found == options_.end()) return std::nullopt;
    T* value = std::get_if<T>(&found->second);
    if (value == nullptr) return tl::unexpected(wrong(name, "is of another type"));
    std::optional<T> taken = std::move(*value);
    options_.erase(found);
    return taken;
  }
  Result<> finish() const {
    if (options_.empty()) return {};
    return tl::unexpected(wrong(options_.begin()->first, "is unknown"));
  }

 private:
  Options options_;
};

/// The value that a word stands for; the first where there is none.
template <class Names>
auto meaning(const Names& names, const std::optional<std::string>& word, std::string_view option)
    -> Result<typename Names::value_type> {
  if (!word) return names.front();
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const auto& one) { return one.name == *word; });
  if (found == names.end()) return tl::unexpected(wrong(option, "has a value that is unknown"));
  return *found;
}

Result<> read_flags(Taker& taker, BusRequest& request) {
  Result<> outcome;
  for_each_flag(
      [&](const char* name, bool& value) {
        const auto read = taker.take<bool>(name);
        if (read) {
          value = read->value_or(false);
        } else if (outcome) {
          outcome = tl::unexpected(read.error());
        }
      },
      request);
  return outcome;
}

Result<> read_arguments(Taker& taker, Arguments& arguments) {
  constexpr std::uint64_t longest = 10UL * 60 * 1000;  // in milliseconds: who waits takes somebody's turn
  arguments.output = TRY(taker.take<std::string>("output")).value_or("");
  arguments.operands =
      TRY(taker.take<std::vector<std::string>>("operands")).value_or(std::vector<std::string>{});
  if (TRY(taker.take<bool>("yes")).value_or(false)) arguments.consent = Consent::given;
  arguments.agreed = TRY(taker.take<std::string>("agreed"));
  arguments.source = TRY(taker.take<std::string>("source"));
  arguments.to = TRY(taker.take<std::uint64_t>("to"));
  arguments.keep = TRY(taker.take<std::uint64_t>("keep")).value_or(arguments.keep);
  const std::uint64_t wait = TRY(taker.take<std::uint64_t>("wait")).value_or(0);
  if (wait > longest) return tl::unexpected(wrong("wait", "is too long"));
  arguments.wait = std::chrono::milliseconds(wait);
  return {};
}

}  // namespace

Options to_bus_options(const GlobalOptions& options, const Arguments& arguments, const Streams& streams) {
  BusRequest request{options, arguments, streams};
  if (options.colour != ColourMode::automatic)
    request.streams.colours_on_out = request.streams.colours_on_err = options.colour == ColourMode::always;
  Options out;
  write_flags(request, out);
  const auto text = [&](const char* name, const std::string& value) {
    if (!value.empty()) out.emplace(name, value);
  };
  for (const FormatName& one : kFormats) {
    if (one.format == options.format) text("format", std::string(one.name));
  }
  for (const VerbosityName& one : kVerbosities) {
    if (one.verbosity == options.verbosity) text("verbosity", std::string(one.name));
  }
  out.emplace("render", true);
  text("output", arguments.output);
  if (!arguments.operands.empty()) out.emplace("operands", arguments.operands);
  if (arguments.consent == Consent::given) out.emplace("yes", true);
  text("agreed", arguments.agreed.value_or(""));
  text("source", arguments.source.value_or(""));
  if (arguments.to) out.emplace("to", *arguments.to);
  out.emplace("keep", arguments.keep);
  out.emplace("wait", static_cast<std::uint64_t>(arguments.wait.count()));
  return out;
}

Result<BusRequest> from_bus_options(const Options& options) {
  BusRequest request;
  Taker taker(options);
  TRY(read_flags(taker, request));
  TRY(read_arguments(taker, request.arguments));
  const bool renders = TRY(taker.take<bool>("render")).value_or(false);
  const auto format = TRY(taker.take<std::string>("format"));
  const auto verbosity = TRY(taker.take<std::string>("verbosity"));
  request.options.format = renders ? TRY(meaning(kFormats, format, "format")).format : Format::json;
  request.options.verbosity = TRY(meaning(kVerbosities, verbosity, "verbosity")).verbosity;
  TRY(taker.finish());
  return request;
}

}  // namespace addon::cli
