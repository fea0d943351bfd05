#include "client/bus_message.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <memory>
#include <string>

namespace addon::client::test {

namespace {

struct CloseBus {
  void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};
struct UnrefMessage {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Bus = std::unique_ptr<sd_bus, CloseBus>;
using Message = std::unique_ptr<sd_bus_message, UnrefMessage>;

/// Two ends of a connection without a bus between them: what one appends, the other reads.
class Wire {
 public:
  Wire() {
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
    from_ = started(ends[0], false);
    to_ = started(ends[1], true);
    while (sd_bus_is_ready(from_.get()) <= 0 || sd_bus_is_ready(to_.get()) <= 0) step();
  }

  Message blank() const {
    sd_bus_message* made = nullptr;
    REQUIRE(sd_bus_message_new_signal(from_.get(), &made, "/test", "io.addonctl.Test", "Test") >= 0);
    return Message(made);
  }
  /// As it arrives at the other end.
  Message sent(const Message& message) {
    REQUIRE(sd_bus_send(from_.get(), message.get(), nullptr) >= 0);
    for (;;) {
      sd_bus_process(from_.get(), nullptr);
      sd_bus_message* got = nullptr;
      REQUIRE(sd_bus_process(to_.get(), &got) >= 0);
      if (got != nullptr && sd_bus_message_is_signal(got, "io.addonctl.Test", "Test") > 0)
        return Message(got);
      sd_bus_message_unref(got);
    }
  }

 private:
  static Bus started(int fd, bool is_server) {
    sd_bus* bus = nullptr;
    REQUIRE(sd_bus_new(&bus) >= 0);
    Bus owned(bus);
    REQUIRE(sd_bus_set_fd(bus, fd, fd) >= 0);
    if (is_server)
      REQUIRE(sd_bus_set_server(
                  bus, 1, SD_ID128_MAKE(01, 02, 03, 04, 05, 06, 07, 08, 09, 0a, 0b, 0c, 0d, 0e, 0f, 00)) >=
              0);
    REQUIRE(sd_bus_set_anonymous(bus, 1) >= 0);
    REQUIRE(sd_bus_negotiate_fds(bus, 1) >= 0);
    REQUIRE(sd_bus_start(bus) >= 0);
    return owned;
  }
  void step() {
    sd_bus_process(from_.get(), nullptr);
    sd_bus_process(to_.get(), nullptr);
  }

  Bus from_;
  Bus to_;
};

}  // namespace

TEST_CASE("options arrive as they were sent") {
  Wire wire;
  const Options options = {{"flag", true},
                           {"off", false},
                           {"number", std::uint64_t{1} << 40},
                           {"text", std::string("ü\n")},
                           {"texts", std::vector<std::string>{"a", "", "b"}}};
  const Message message = wire.blank();
  REQUIRE(append_options(message.get(), options) >= 0);
  Options read;
  REQUIRE(read_options(wire.sent(message).get(), read) >= 0);
  CHECK(read == options);
}

TEST_CASE("options of other types, of the same name, and too many are refused") {
  Wire wire;
  Options read;
  Message message = wire.blank();
  REQUIRE(sd_bus_message_append(message.get(), "a{sv}", 1, "wait", "i", 5) >= 0);
  CHECK(read_options(wire.sent(message).get(), read) == -EINVAL);

  message = wire.blank();
  REQUIRE(sd_bus_message_append(message.get(), "a{sv}", 2, "yes", "b", 1, "yes", "b", 0) >= 0);
  CHECK(read_options(wire.sent(message).get(), read) == -EEXIST);

  Options many;
  for (int i = 0; i <= 64; ++i) many.emplace("option" + std::to_string(i), true);
  message = wire.blank();
  REQUIRE(append_options(message.get(), many) >= 0);
  read.clear();
  CHECK(read_options(wire.sent(message).get(), read) == -E2BIG);

  message = wire.blank();
  REQUIRE(sd_bus_message_append(message.get(), "s", "no options") >= 0);
  CHECK(read_options(wire.sent(message).get(), read) < 0);
}

TEST_CASE("sources arrive with their files, which are other descriptors of the same") {
  Wire wire;
  std::vector<UniqueFd> files;
  files.emplace_back(memfd_create("one", MFD_CLOEXEC));
  files.emplace_back(memfd_create("two", MFD_CLOEXEC));
  REQUIRE(write(files[1].get(), "bytes", 5) == 5);
  std::vector<Source> sources;
  sources.push_back({"dir/probe", "probe", "archive", 1, {{"offset", std::uint64_t{2}}}});
  sources.push_back({"other", "other", "directory", 0, {}});
  const Message message = wire.blank();
  REQUIRE(append_sources(message.get(), files, sources) >= 0);
  std::vector<UniqueFd> read_files;
  std::vector<Source> read;
  REQUIRE(read_sources(wire.sent(message).get(), read_files, read) >= 0);
  REQUIRE(read_files.size() == 2);
  REQUIRE(read.size() == 2);
  CHECK(read[0].path == "dir/probe");
  CHECK(read[0].name == "probe");
  CHECK(read[0].kind == "archive");
  CHECK(read[0].file == 1);
  CHECK(read[0].more == sources[0].more);
  CHECK(read[1].file == 0);
  std::array<char, 8> bytes{};
  CHECK(pread(read_files[1].get(), bytes.data(), bytes.size(), 0) == 5);
  CHECK(read_files[1].get() != files[1].get());
}

TEST_CASE("a source of a file that there is not is refused") {
  Wire wire;
  std::vector<UniqueFd> files;
  files.emplace_back(memfd_create("one", MFD_CLOEXEC));
  std::vector<Source> sources;
  sources.push_back({"probe", "probe", "archive", 1, {}});
  const Message message = wire.blank();
  REQUIRE(append_sources(message.get(), files, sources) >= 0);
  std::vector<UniqueFd> read_files;
  std::vector<Source> read;
  CHECK(read_sources(wire.sent(message).get(), read_files, read) == -ENXIO);
}

TEST_CASE("every method's arguments end with its options") {
  for (const Method& method : kMethods) {
    const std::string signature = signature_of(method);
    INFO(method.name);
    CHECK(signature.ends_with("a{sv}"));
    const bool has_sources = signature.find("aha(sssua{sv})") != std::string::npos;
    CHECK(has_sources == (method.operands == Operands::sources || method.operands == Operands::plan_sources));
  }
}

}  // namespace addon::client::test
