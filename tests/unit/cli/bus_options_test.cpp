#include "cli/bus_options.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace addon::cli {

namespace {

std::string refusal(const client::Options& options) {
  const auto request = from_bus_options(options);
  return request ? "" : request.error().message();
}

}  // namespace

TEST_CASE("what a command line says arrives at the executor") {
  GlobalOptions options;
  options.verbosity = Verbosity::verbose;
  Arguments arguments;
  arguments.operands = {"bundles/probe"};
  arguments.output = "probe.plan";
  arguments.prune = true;
  arguments.purge = true;
  arguments.allow_downgrade = true;
  arguments.detailed_exitcode = true;
  arguments.consent = Consent::given;
  arguments.agreed = "sha256:0";
  arguments.source = "store";
  arguments.to = 7;
  arguments.keep = 3;
  arguments.wait = std::chrono::seconds(2);
  const Streams streams{nullptr, nullptr, true, false, true, true};
  const auto request = from_bus_options(to_bus_options(options, arguments, streams));
  REQUIRE(request);
  CHECK(request->options.verbosity == Verbosity::verbose);
  CHECK(request->options.format == Format::text);
  const Arguments& read = request->arguments;
  CHECK(read.operands == arguments.operands);
  CHECK(read.output == "probe.plan");
  CHECK(read.prune);
  CHECK(read.purge);
  CHECK(read.allow_downgrade);
  CHECK(read.detailed_exitcode);
  CHECK(read.consent == Consent::given);
  CHECK(read.agreed == "sha256:0");
  CHECK(read.source == "store");
  CHECK(read.to == 7);
  CHECK(read.keep == 3);
  CHECK(read.wait == std::chrono::seconds(2));
  CHECK(request->streams.colours_on_out);
  CHECK_FALSE(request->streams.colours_on_err);
  CHECK(request->streams.err_is_terminal);
  CHECK(request->streams.can_ask);
}

TEST_CASE("colours are as the caller wants them, wherever its streams go") {
  GlobalOptions options;
  options.colour = ColourMode::always;
  auto request = from_bus_options(to_bus_options(options, {}, {}));
  REQUIRE(request);
  CHECK(request->streams.colours_on_out);
  CHECK(request->streams.colours_on_err);
  options.colour = ColourMode::never;
  request = from_bus_options(to_bus_options(options, {}, {nullptr, nullptr, true, true, true, true}));
  REQUIRE(request);
  CHECK_FALSE(request->streams.colours_on_out);
  CHECK_FALSE(request->streams.colours_on_err);
}

TEST_CASE("a call without options means the defaults, and nothing but the report") {
  const auto request = from_bus_options({});
  REQUIRE(request);
  CHECK(request->options.format == Format::json);
  CHECK(request->arguments.consent == Consent::ask);
  CHECK(request->arguments.keep == Arguments().keep);
  CHECK_FALSE(request->arguments.to);
  CHECK_FALSE(request->streams.can_ask);
}

TEST_CASE("options that there are not, or not so, are refused by name") {
  using namespace std::string_literals;
  CHECK(refusal({{"root", "/tmp"s}}) == "the option \"root\" is unknown");
  CHECK(refusal({{"policy", "/tmp/policy.yaml"s}}) == "the option \"policy\" is unknown");
  CHECK(refusal({{"yes", "true"s}}) == "the option \"yes\" is of another type");
  CHECK(refusal({{"to", true}}) == "the option \"to\" is of another type");
  CHECK(refusal({{"prune", std::uint64_t{1}}}) == "the option \"prune\" is of another type");
  CHECK(refusal({{"wait", std::uint64_t{1} << 40}}) == "the option \"wait\" is too long");
  CHECK(refusal({{"render", true}, {"format", "sarif"s}}) ==
        "the option \"format\" has a value that is unknown");
  CHECK(refusal({{"verbosity", "loud"s}}) == "the option \"verbosity\" has a value that is unknown");
}

}  // namespace addon::cli
