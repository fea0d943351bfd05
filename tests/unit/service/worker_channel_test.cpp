#include "service/worker_channel.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

namespace addon::service {

namespace {

struct Pair {
  UniqueFd ours;
  UniqueFd theirs;
};

Pair connected() {
  std::array<int, 2> ends{};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::vector<ChannelFrame> all_frames(ChannelReader& reader, int socket) {
  std::vector<ChannelFrame> frames;
  bool goes_on = true;
  while (goes_on) {
    goes_on = reader.receive(socket);
    while (auto frame = reader.next()) frames.push_back(*std::move(frame));
  }
  return frames;
}

}  // namespace

TEST_CASE("a worker's frames arrive whole and in their order") {
  auto [ours, theirs] = connected();
  const std::string large(3'000'000, 'x');
  std::thread worker([&theirs = theirs, &large] {
    ChannelWriter writer(std::move(theirs));
    writer.send(ChannelKind::taken, "");
    writer.send(ChannelKind::progress, "staging");
    writer.send(ChannelKind::out, large);
    writer.send(ChannelKind::report, "0\n{}");
  });
  ChannelReader reader;
  const auto frames = all_frames(reader, ours.get());
  worker.join();
  REQUIRE(frames.size() == 4);
  CHECK(frames[0].kind == ChannelKind::taken);
  CHECK(frames[0].bytes.empty());
  CHECK(frames[1].bytes == "staging");
  CHECK(frames[2].bytes == large);
  CHECK(frames[3].kind == ChannelKind::report);
  CHECK(frames[3].bytes == "0\n{}");
}

TEST_CASE("a frame that is cut off is none") {
  auto [ours, theirs] = connected();
  const std::array<char, 7> beginning = {100, 0, 0, 0, 2, 'h', 'i'};
  REQUIRE(write(theirs.get(), beginning.data(), beginning.size()) == 7);
  theirs.reset();
  ChannelReader reader;
  CHECK(all_frames(reader, ours.get()).empty());
}

TEST_CASE("what is no frame ends the reading") {
  // Larger than any frame; and of a kind that there is not.
  for (const auto& wrong : {std::array<char, 5>{0, 0, 0, 127, 2}, std::array<char, 5>{0, 0, 0, 0, 99}}) {
    auto [ours, theirs] = connected();
    REQUIRE(write(theirs.get(), wrong.data(), wrong.size()) == 5);
    ChannelReader reader;
    CHECK(reader.receive(ours.get()));
    CHECK_FALSE(reader.next());
    REQUIRE(write(theirs.get(), wrong.data(), wrong.size()) == 5);
    CHECK_FALSE(reader.receive(ours.get()));
  }
}

TEST_CASE("a worker whose daemon is gone is told so and goes on") {
  auto [ours, theirs] = connected();
  ChannelWriter writer(std::move(theirs));
  ours.reset();
  CHECK_FALSE(writer.send(ChannelKind::progress, "staging"));
}

}  // namespace addon::service
