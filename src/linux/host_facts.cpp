#include "linux/host_facts.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include "core/text.hpp"
#include "core/unique_fd.hpp"
#include "linux/manager_connection.hpp"
#include "linux/process.hpp"
#include "linux/resolve.hpp"

namespace addon::linux {

namespace {
constexpr const char* bus_service = "org.freedesktop.DBus";
constexpr std::string_view ask_manager = "ask systemd about itself";

Result<std::unique_ptr<ManagerConnection>> connect_as_caller(const ManagerSockets& sockets) {
  using Kind = ManagerConnection::Kind;
  if (runs_as_root()) {
    if (auto direct = ManagerConnection::open(sockets.direct, Kind::direct)) return direct;
  }
  return ManagerConnection::open(sockets.bus, Kind::bus);
}

std::string text_property(const Properties& properties, const char* name) {
  const auto found = properties.find(name);
  const std::string* text = found == properties.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? "" : *text;
}

/// "252.39-1~deb12u1" is 252.
unsigned leading_number(const std::string& text) {
  unsigned number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || number > 100000) break;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number;
}

struct FreeStrings {
  void operator()(char** strings) const {
    // NOLINTBEGIN(cppcoreguidelines-no-malloc, cppcoreguidelines-pro-bounds-pointer-arithmetic): sd-bus asks
    // for it
    for (char** at = strings; at != nullptr && *at != nullptr; ++at) free(*at);
    free(static_cast<void*>(strings));
    // NOLINTEND(cppcoreguidelines-no-malloc, cppcoreguidelines-pro-bounds-pointer-arithmetic)
  }
};

// The names that `member` of the bus gives. org.freedesktop.DBus, D-Bus Specification
Result<bool> bus_lists(sd_bus* bus, const char* member, const std::string& name) {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  sd_bus_message* answer = nullptr;
  int r =
      sd_bus_call_method(bus, bus_service, "/org/freedesktop/DBus", bus_service, member, &error, &answer, "");
  sd_bus_error_free(&error);
  const Message reply(answer);
  char** listed = nullptr;
  if (r >= 0) r = sd_bus_message_read_strv(reply.get(), &listed);
  const std::unique_ptr<char*, FreeStrings> names(listed);
  if (r < 0) return tl::unexpected(Error::from_errno(-r, "cannot ask the system bus for its names"));
  for (char** at = listed; at != nullptr && *at != nullptr;
       ++at) {  // NOLINT(*-pointer-arithmetic): sd-bus's array
    if (name == *at) return true;
  }
  return false;
}
}  // namespace

Result<ManagerFacts> read_manager_facts(const ManagerSockets& sockets) {
  const auto connection = TRY(connect_as_caller(sockets));
  const Properties properties = TRY(
      connection->properties(ask_manager, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"));
  return ManagerFacts{leading_number(text_property(properties, "Version")),
                      text_property(properties, "SystemState")};
}

Result<bool> is_on_bus(const std::string& name, const ManagerSockets& sockets) {
  sd_bus* created = nullptr;
  int r = sd_bus_new(&created);
  const BusHandle bus(created);
  if (r >= 0) r = sd_bus_set_address(bus.get(), ("unix:path=" + sockets.bus).c_str());
  if (r >= 0) r = sd_bus_set_bus_client(bus.get(), 1);
  if (r >= 0) r = sd_bus_start(bus.get());
  if (r < 0)
    return tl::unexpected(
        Error::from_errno(-r, fmt::format("cannot reach the bus at {}", printable(sockets.bus))));
  if (TRY(bus_lists(bus.get(), "ListActivatableNames", name))) return true;
  return bus_lists(bus.get(), "ListNames", name);
}

Result<bool> clock_is_synchronised() {
  // As systemd's timedated judges it: an error that is not known to be below that says that nobody keeps it.
  constexpr long largest_error_us = 16000000;
  timex state{};
  if (adjtimex(&state) < 0)
    return tl::unexpected(Error::from_errno(errno, "cannot ask the kernel about its clock"));
  return state.maxerror < largest_error_us;
}

Result<std::chrono::system_clock::time_point> program_time() {
  const UniqueFd fd(retry([] { return open("/proc/self/exe", O_PATH | O_CLOEXEC); }));
  struct stat state {};
  if (!fd || fstat(fd.get(), &state) != 0)
    return tl::unexpected(Error::from_errno(errno, "cannot look at this program's own file"));
  return std::chrono::system_clock::from_time_t(state.st_mtim.tv_sec);
}

Result<bool> has_group(unsigned gid) {
  if (getegid() == gid) return true;
  const int count = getgroups(0, nullptr);
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(count, 0)));
  if (count < 0 || getgroups(count, groups.data()) < 0)
    return tl::unexpected(Error::from_errno(errno, "cannot ask for this process's groups"));
  return std::find(groups.begin(), groups.end(), gid) != groups.end();
}

}  // namespace addon::linux
