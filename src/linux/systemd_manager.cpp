#include "linux/systemd_manager.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/duration.hpp"
#include "linux/manager_connection.hpp"
#include "linux/process.hpp"

namespace addon::linux {

namespace {
constexpr std::chrono::seconds job_reply_timeout{30};
constexpr std::chrono::seconds reload_timeout{90};

/// One row of ListUnitsByNames: a(ssssssouso), of which the first four are wanted here.
/// Positive when there was one.
int read_row(sd_bus_message* reply, host::UnitStatus& status) {
  const char *id = nullptr, *description = nullptr, *load = nullptr, *active = nullptr, *sub = nullptr;
  const char *following = nullptr, *path = nullptr, *job_type = nullptr, *job_path = nullptr;
  std::uint32_t job = 0;
  const int r = sd_bus_message_read(reply, "(ssssssouso)", &id, &description, &load, &active, &sub,
                                    &following, &path, &job, &job_type, &job_path);
  if (r <= 0) return r;
  status.load_state = load;
  status.active_state = active;
  status.sub_state = sub;
  return r;
}

template <class Value>
Value get(const Properties& properties, const char* name) {
  const auto found = properties.find(name);
  if (found == properties.end()) return Value{};
  const Value* value = std::get_if<Value>(&found->second);
  return value != nullptr ? *value : Value{};
}

host::UnitStatus empty_status(const UnitName& name) {
  return {.name = name,
          .load_state = "",
          .active_state = "",
          .sub_state = "",
          .type = "",
          .result = "",
          .fragment_path = "",
          .drop_in_paths = {}};
}

/// For the message of a job that did not do: what state it left the unit in, and where to read on.
std::string aftermath(const Result<host::UnitStatus>& status, const UnitName& name) {
  const std::string journal = fmt::format("see journalctl -u {}", name.str());
  if (!status) return fmt::format("{} ({})", journal, status.error().message());
  const std::string result = status->result.empty() ? "" : fmt::format(", result {}", status->result);
  return fmt::format("the unit is {} ({}{}); {}", status->active_state, status->sub_state, result, journal);
}
}  // namespace

SystemdManager::SystemdManager(ManagerSockets sockets) : sockets_(std::move(sockets)) {}
SystemdManager::~SystemdManager() = default;

Result<ManagerConnection*> SystemdManager::connection() {
  if (connection_ && connection_->is_alive()) return connection_.get();
  connection_.reset();
  using Kind = ManagerConnection::Kind;
  if (runs_as_root()) {
    auto direct = ManagerConnection::open(sockets_.direct, Kind::direct);
    if (direct) connection_ = std::move(*direct);
  }
  if (!connection_) {
    auto bus = ManagerConnection::open(sockets_.bus, Kind::bus);
    if (!bus) {
      const int errno_value = bus.error().errno_value();
      return tl::unexpected(
          Error(bus.error().message() +
                "; is this host run by systemd? A root directory that is not booted is changed "
                "with --root DIR")
              .with_errno(errno_value));
    }
    connection_ = std::move(*bus);
  }
  return connection_.get();
}

Result<std::vector<host::UnitStatus>> SystemdManager::states(const std::vector<UnitName>& names) {
  constexpr std::string_view doing = "ask for the states of units";
  std::vector<host::UnitStatus> states;
  if (names.empty()) return states;
  ManagerConnection& bus = *TRY(connection());
  const Message message = TRY(bus.manager_call(doing, "ListUnitsByNames"));
  int r = sd_bus_message_open_container(message.get(), SD_BUS_TYPE_ARRAY, "s");
  for (const UnitName& name : names) {
    if (r >= 0) r = sd_bus_message_append(message.get(), "s", name.str().c_str());
  }
  if (r >= 0) r = sd_bus_message_close_container(message.get());
  if (r < 0) return tl::unexpected(wire_error(doing, r));

  const Message reply = TRY(bus.call(doing, message, job_reply_timeout));
  r = sd_bus_message_enter_container(reply.get(), SD_BUS_TYPE_ARRAY, "(ssssssouso)");
  // By position: the row of an alias has another name than was asked for.
  for (const UnitName& name : names) {
    host::UnitStatus status = empty_status(name);
    if (r >= 0) r = read_row(reply.get(), status);
    if (r < 0) return tl::unexpected(wire_error(doing, r));
    if (r == 0) return tl::unexpected(wire_error(doing, -EBADMSG));
    states.push_back(std::move(status));
  }
  return states;
}

Result<host::UnitStatus> SystemdManager::inspect(const UnitName& name) {
  const std::string doing = "ask for the state of " + name.str();
  ManagerConnection& bus = *TRY(connection());
  const Message message = TRY(bus.manager_call(doing, "LoadUnit"));
  int r = sd_bus_message_append(message.get(), "s", name.str().c_str());
  if (r < 0) return tl::unexpected(wire_error(doing, r));
  const Message reply = TRY(bus.call(doing, message, job_reply_timeout));
  const char* path = nullptr;
  r = sd_bus_message_read(reply.get(), "o", &path);
  if (r < 0) return tl::unexpected(wire_error(doing, r));

  const Properties unit = TRY(bus.properties(doing, path, "org.freedesktop.systemd1.Unit"));
  host::UnitStatus status = empty_status(name);
  status.load_state = get<std::string>(unit, "LoadState");
  status.active_state = get<std::string>(unit, "ActiveState");
  status.sub_state = get<std::string>(unit, "SubState");
  status.fragment_path = get<std::string>(unit, "FragmentPath");
  status.drop_in_paths = get<std::vector<std::string>>(unit, "DropInPaths");
  status.active_enter_monotonic =
      std::chrono::microseconds(get<std::uint64_t>(unit, "ActiveEnterTimestampMonotonic"));
  if (name.suffix() == ".service") {
    const Properties service = TRY(bus.properties(doing, path, "org.freedesktop.systemd1.Service"));
    status.type = get<std::string>(service, "Type");
    status.result = get<std::string>(service, "Result");
    status.main_pid = get<std::uint32_t>(service, "MainPID");
    status.restarts = get<std::uint32_t>(service, "NRestarts");
  }
  return status;
}

Result<> SystemdManager::reload() {
  constexpr std::string_view doing = "reload systemd's units";
  ManagerConnection& bus = *TRY(connection());
  TRY(bus.call(doing, TRY(bus.manager_call(doing, "Reload")), reload_timeout));
  return {};
}

Result<> SystemdManager::enable(const UnitName& name) {
  const std::string doing = "enable " + name.str();
  ManagerConnection& bus = *TRY(connection());
  const Message message = TRY(bus.manager_call(doing, "EnableUnitFiles"));
  constexpr int runtime = 0;
  // An alias that is in the way stays an error. Links in .wants systemd replaces whatever this says.
  constexpr int force = 0;
  const int r = sd_bus_message_append(message.get(), "asbb", 1, name.str().c_str(), runtime, force);
  if (r < 0) return tl::unexpected(wire_error(doing, r));
  TRY(bus.call(doing, message, job_reply_timeout));
  return {};
}

Result<> SystemdManager::disable(const UnitName& name) {
  const std::string doing = "disable " + name.str();
  ManagerConnection& bus = *TRY(connection());
  const Message message = TRY(bus.manager_call(doing, "DisableUnitFiles"));
  constexpr int runtime = 0;
  const int r = sd_bus_message_append(message.get(), "asb", 1, name.str().c_str(), runtime);
  if (r < 0) return tl::unexpected(wire_error(doing, r));
  TRY(bus.call(doing, message, job_reply_timeout));
  return {};
}

Result<> SystemdManager::run_job(const char* verb, const char* member, const UnitName& name,
                                 std::chrono::milliseconds timeout) {
  const std::string doing = fmt::format("{} {}", verb, name.str());
  ManagerConnection& bus = *TRY(connection());
  const Message message = TRY(bus.manager_call(doing, member));
  const int r = sd_bus_message_append(message.get(), "ss", name.str().c_str(), "replace");
  if (r < 0) return tl::unexpected(wire_error(doing, r));
  const JobResult result = TRY(bus.run_job(doing, message, timeout));
  if (result == "done") return {};
  const std::string outcome =
      result.empty() ? fmt::format("its job did not end within {} and was cancelled", to_string(timeout))
                     : fmt::format("its job ended as \"{}\"", result);
  return tl::unexpected(
      Error(fmt::format("cannot {}: {}; {}", doing, outcome, aftermath(inspect(name), name))));
}

Result<> SystemdManager::start(const UnitName& name, std::chrono::milliseconds timeout) {
  return run_job("start", "StartUnit", name, timeout);
}

Result<> SystemdManager::restart(const UnitName& name, std::chrono::milliseconds timeout) {
  return run_job("restart", "RestartUnit", name, timeout);
}

Result<> SystemdManager::stop(const UnitName& name, std::chrono::milliseconds timeout) {
  Result<> stopped = run_job("stop", "StopUnit", name, timeout);
  if (!stopped && stopped.error().errno_value() == ENOENT && connection_) return {};
  return stopped;
}

Result<> SystemdManager::reset_failed(const UnitName& name) {
  const std::string doing = "reset the failed state of " + name.str();
  ManagerConnection& bus = *TRY(connection());
  const Message message = TRY(bus.manager_call(doing, "ResetFailedUnit"));
  const int r = sd_bus_message_append(message.get(), "s", name.str().c_str());
  if (r < 0) return tl::unexpected(wire_error(doing, r));
  const auto reply = bus.call(doing, message, job_reply_timeout);
  if (reply || reply.error().errno_value() == ENOENT) return {};
  return tl::unexpected(reply.error());
}

}  // namespace addon::linux
