// What a process that was taken over by its input may try.
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <utility>

#include "facts.hpp"
#include "service/caged_reader.hpp"
#include "service/frames.hpp"
#include "service/wire.hpp"
#include "service/wire_manifest.hpp"
#include "tar.hpp"

using namespace addon;
using namespace addon::service;
using namespace addon::service::test;
using namespace addon::bundle::test;
using bundle::Walked;

namespace {

constexpr std::uint64_t kFile = 1;
constexpr std::uint64_t kWalked = 3;

/// Something that a process writes by hand.
class Forger {
 public:
  explicit Forger(host::File& output) : output_(output) {}
  void send(std::string_view bytes) {
    static_cast<void>(output_.write(std::as_bytes(std::span(bytes.data(), bytes.size()))));
  }
  void frame(std::uint64_t kind, const std::string& payload) {
    WireWriter header;
    header.number(kind);
    header.number(payload.size());
    send(header.bytes() + payload);
  }
  void file(const std::string& path, std::string_view bytes, std::uint64_t size) {
    WireWriter payload;
    payload.text(path);
    payload.number(size);
    frame(kFile, payload.bytes());
    send(bytes);
  }
  void file(const std::string& path, std::string_view bytes) { file(path, bytes, bytes.size()); }
  void bundle() {
    file("addon.yaml", manifest_text("systemd-service"));
    file("config.schema.json", "{}");
    file("probe", "#!/bin/true\n");
    file("probe.service", addon::bundle::test::service);
  }
  void end(const Walked& walked = {.findings = {}, .refused = {}, .first = "addon.yaml"}) {
    static_cast<void>(FrameWriter(output_).finish(walked));
  }

 private:
  host::File& output_;
};

using Forgery = std::function<void(Forger&)>;

struct Heard {
  Facts facts;
  std::vector<std::string> files;
  bool has_bundle = false;
};

/// Has such a process in the place of the one that unpacks.
class LiedTo final : public CagedReader {
 public:
  LiedTo(linux::CageTerms with, Forgery forge) : CagedReader(with), forge_(std::move(forge)) {}

 protected:
  linux::Caged walker(const std::string&, bundle::Form) const override {
    return [this](host::File&, host::File& output) {
      Forger forger(output);
      forge_(forger);
      return 0;
    };
  }

 private:
  Forgery forge_;
};

/// What is made of an archive when such a process unpacks it.
Heard hear(const Forgery& forge, linux::CageTerms with = terms()) {
  const Fixture fixture;
  fixture.write("archive", gzip(service_entries() + tar_end()));
  const auto read =
      LiedTo(with, forge)
          .read_archive(*open(fixture, "archive"), "ARCHIVE", {.into = make_into(fixture, "into")});
  if (!read) return {{read.error().message()}, files_below(fixture.path("into")), false};
  return {facts(read->findings), files_below(fixture.path("into")), read->bundle.has_value()};
}

const std::string kFix =
    " |  |  | try again; where that does not help, look at it with addonctl on a machine that does not "
    "matter | ";

Facts nonsense(const std::string& why) {
  return {"ARCHIVE reader-failed error the process that reads it without privileges " + why + kFix};
}
const std::string kNoFiles = "made no sense: what it handed back is no archive's files";
const std::string kNoAnswer = "made no sense: what it handed back is none of the answers there are";

}  // namespace

TEST_CASE("what a forger sends is taken where an archive could have held it") {
  NEEDS_ROOT();
  const Heard heard = hear([](Forger& forger) {
    forger.bundle();
    forger.end();
  });
  CHECK(heard.has_bundle);
  CHECK(heard.facts.empty());
  CHECK(heard.files ==
        std::vector<std::string>{"addon.yaml", "config.schema.json", "probe", "probe.service"});
}

TEST_CASE("whatever else comes out of a cage is one finding") {
  NEEDS_ROOT();
  const auto told = [](const Forgery& forge) {
    const Heard heard = hear(forge);
    CHECK_FALSE(heard.has_bundle);
    CHECK(heard.files.empty());
    return heard.facts;
  };
  const std::string stranger = "made no sense: what was unpacked is none of its files: ";
  CHECK(told([](Forger&) {}) == nonsense(kNoFiles));
  CHECK(told([](Forger& forger) { forger.bundle(); }) == nonsense(kNoFiles));
  CHECK(told([](Forger& forger) { forger.send("half a header"); }) == nonsense(kNoFiles));
  CHECK(told([](Forger& forger) { forger.send(std::string(4096, '\xff')); }) == nonsense(kNoAnswer));
  CHECK(told([](Forger& forger) { forger.send(std::string(4096, '\0')); }) == nonsense(kNoFiles));
  CHECK(told([](Forger& forger) { forger.file("../../etc/passwd", "x"); }) == nonsense(kNoFiles));
  CHECK(told([](Forger& forger) { forger.file("/etc/passwd", "x"); }) == nonsense(kNoFiles));
  CHECK(told([](Forger& forger) { forger.file("", "x"); }) == nonsense(kNoFiles));
  CHECK(told([](Forger& forger) { forger.file(std::string(3000, 'x'), "x"); }) == nonsense(kNoFiles));
  CHECK(told([](Forger& forger) { forger.file(std::string(5000, 'x'), "x"); }) == nonsense(kNoAnswer));
  CHECK(told([](Forger& forger) { forger.file("a/b/c/d/e/f/g/h/i", "x"); }) ==
        nonsense(stranger + "\"a/b/c/d/e/f/g/h/i\" is nested too deep"));
  CHECK(told([](Forger& forger) { forger.file("probe", "x", std::uint64_t{5} << 30U); }) ==
        nonsense(kNoAnswer));
  CHECK(told([](Forger& forger) {
          forger.file("probe", "x");
          forger.file("probe", "y");
        }) == nonsense(stranger + "\"probe\" is there twice"));
  CHECK(told([](Forger& forger) {
          forger.bundle();
          forger.file("cut", "short", 4096);
        }) == nonsense(kNoFiles));
  CHECK(told([](Forger& forger) {
          forger.bundle();
          forger.end();
          forger.file("late", "x");
        }) == nonsense(kNoFiles));
  CHECK(told([](Forger& forger) {
          forger.bundle();
          forger.frame(kWalked, "no such thing");
        }) == nonsense(kNoAnswer));
  CHECK(told([](Forger& forger) {
          forger.bundle();
          forger.end({.findings = {}, .refused = {}, .first = {}, .complete = false});
        }) == nonsense(kNoFiles));
  CHECK(told([](Forger& forger) {
          for (int i = 0; i < 5000; ++i) forger.file("f" + std::to_string(i), "");
        }) == nonsense(stranger + "\"f4096\" is one too many"));
}

TEST_CASE("a file in the place of a directory is not written through") {
  NEEDS_ROOT();
  const Heard heard = hear([](Forger& forger) {
    forger.bundle();
    forger.file("share", "x");
    forger.file("share/data", "x");
    forger.end();
  });
  CHECK(heard.facts.size() == 1);
  CHECK_FALSE(heard.has_bundle);
  CHECK(heard.files.empty());
}

TEST_CASE("bytes without an end are not taken") {
  NEEDS_ROOT();
  const Heard heard = hear([](Forger& forger) {
    const std::string much(std::size_t{1} << 20, 'x');
    for (;;) forger.file("probe", much);
  });
  CHECK(heard.facts ==
        nonsense("made no sense: what was unpacked is none of its files: \"probe\" is there twice"));
}

TEST_CASE("a process that stalls in the middle is ended, and told") {
  NEEDS_ROOT();
  linux::CageTerms impatient = terms();
  impatient.idle = std::chrono::milliseconds(500);
  const Heard heard = hear(
      [](Forger& forger) {
        forger.bundle();
        for (;;) asm volatile("");
      },
      impatient);
  CHECK(heard.facts == nonsense("did not end in time"));
  CHECK(heard.files.empty());
}

TEST_CASE("a process that dies in the middle is told") {
  NEEDS_ROOT();
  const Heard heard = hear([](Forger& forger) {
    forger.bundle();
    abort();
  });
  CHECK(heard.facts.size() == 1);
  CHECK_FALSE(heard.has_bundle);
  CHECK(heard.files.empty());
}

TEST_CASE("bytes other than the archive's have other digests, which root computes itself") {
  NEEDS_ROOT();
  const Fixture fixture;
  const std::string bytes = gzip(service_entries() + tar_end());
  fixture.write("archive", bytes);
  LiedTo reader(terms(), [](Forger& forger) {
    forger.file("addon.yaml", manifest_text("systemd-service"));
    forger.file("config.schema.json", "{}");
    forger.file("probe", "another program");
    forger.file("probe.service", addon::bundle::test::service);
    forger.end();
  });
  const auto read = reader.read_archive(*open(fixture, "archive"), "ARCHIVE", {});
  REQUIRE(read);
  REQUIRE(read->bundle);
  // Whatever it made of the bytes, and though it read none: the signature is over these.
  CHECK(read->bundle->archive->sha256 == Digest::of(bytes));
  CHECK(read->bundle->archive->blake2b512 == Blake2b::of(bytes));
  CHECK(read->bundle->archive->size == bytes.size());
  // And a plan is bound to what would be staged.
  CHECK(read->bundle->files[2].sha256 == Digest::of("another program"));
}

TEST_CASE("processes without privileges are addonctl-parse, or nobody") {
  struct Accounts final : host::Accounts {
    std::optional<host::Account> account;
    Result<std::optional<host::Account>> find(const std::string& user) override {
      return user == "addonctl-parse" ? account : std::nullopt;
    }
    Result<std::optional<unsigned>> find_group(const std::string&) override { return std::nullopt; }
  };
  Accounts accounts;
  CHECK(cage_terms(accounts)->uid == 65534);
  CHECK(cage_terms(accounts)->gid == 65534);
  accounts.account = host::Account{.uid = 871, .gid = 872};
  CHECK(cage_terms(accounts)->uid == 871);
  CHECK(cage_terms(accounts)->gid == 872);
}

TEST_CASE("an answer without an end, or of another kind, is none") {
  NEEDS_ROOT();
  const auto endless = ask_caged(terms(), "text", "FILE",
                                 [](std::string_view) { return std::string(kMaxWireBytes + 1, 'x'); });
  REQUIRE_FALSE(endless);
  REQUIRE(endless.error().findings().size() == 1);
  CHECK(endless.error().findings()[0].message ==
        "the process that reads it without privileges made no sense: its answer has no end");
  CHECK(endless.error().findings()[0].rule == &rules::reader_failed);
  CHECK(endless.error().kind() == ErrorKind::failed);
}
