#include <catch2/catch.hpp>

#include "linux/offline_manager.hpp"
#include "linux/systemd_manager.hpp"
#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;
using namespace std::chrono_literals;

TEST_CASE("without a systemd to talk to, the error says where it was sought and what to do") {
  const Scratch scratch;
  SystemdManager manager({.direct = scratch / "private", .bus = scratch / "bus"});
  const UnitName probe = UnitName::parse("probe.service").value();
  const std::string expected =
      "cannot reach systemd at " + (scratch / "bus") +
      ": No such file or directory; is this host run by systemd? A root directory that is "
      "not booted is changed with --root DIR";
  CHECK(manager.is_live());
  CHECK(message(manager.states({probe})) == expected);
  CHECK(message(manager.inspect(probe)) == expected);
  CHECK(message(manager.reload()) == expected);
  CHECK(message(manager.enable(probe)) == expected);
  CHECK(message(manager.disable(probe)) == expected);
  CHECK(message(manager.start(probe, 1s)) == expected);
  CHECK(message(manager.restart(probe, 1s)) == expected);
  CHECK(message(manager.stop(probe, 1s)) == expected);
  CHECK(message(manager.reset_failed(probe)) == expected);
}

TEST_CASE("the caller's environment does not choose which systemd root believes") {
  const Scratch scratch;
  const int exit = in_child([&] {
    setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + (scratch / "hostile")).c_str(), 1);
    SystemdManager manager({.direct = scratch / "private", .bus = scratch / "bus"});
    return message(manager.reload()).find("hostile") == std::string::npos ? 0 : 1;
  });
  CHECK(exit == 0);
}

TEST_CASE("asking for no units asks nobody") {
  const Scratch scratch;
  SystemdManager manager({.direct = scratch / "private", .bus = scratch / "bus"});
  CHECK(manager.states({}).value().empty());
}

TEST_CASE("an offline root has no unit loaded and lets everything pass") {
  OfflineManager manager;
  const UnitName probe = UnitName::parse("probe.service").value();
  const UnitName timer = UnitName::parse("probe.timer").value();
  CHECK_FALSE(manager.is_live());
  const auto states = manager.states({probe, timer}).value();
  REQUIRE(states.size() == 2);
  CHECK(states[0].name == probe);
  CHECK(states[1].name == timer);
  CHECK(states[1].load_state == "not-found");
  CHECK_FALSE(manager.inspect(probe).value().is_active());
  CHECK(manager.enable(probe));
  CHECK(manager.start(probe, 1s));
}

}  // namespace addon::linux
