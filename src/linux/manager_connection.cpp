#include "linux/manager_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.hpp"

namespace addon::linux {

namespace {
constexpr const char* service = "org.freedesktop.systemd1";
constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* manager_interface = "org.freedesktop.systemd1.Manager";
constexpr std::chrono::seconds reply_timeout{30};

class BusError {
 public:
  BusError() = default;
  BusError(const BusError&) = delete;
  BusError& operator=(const BusError&) = delete;
  ~BusError() { sd_bus_error_free(&error_); }

  sd_bus_error* out() { return &error_; }
  std::string_view name() const { return error_.name != nullptr ? error_.name : ""; }
  std::string_view message() const { return error_.message != nullptr ? error_.message : ""; }
  bool is_set() const { return error_.name != nullptr; }

 private:
  sd_bus_error error_ = SD_BUS_ERROR_NULL;
};

struct Meaning {
  std::string_view name;
  std::string_view text;
  ErrorKind kind = ErrorKind::failed;
  int errno_value = EIO;  ///< for callers that must tell one error from the rest
};

// The errors of org.freedesktop.systemd1(5) and the D-Bus specification that these calls can meet.
constexpr std::array meanings = {
    Meaning{"org.freedesktop.systemd1.NoSuchUnit", "systemd knows no such unit", ErrorKind::failed, ENOENT},
    Meaning{"org.freedesktop.systemd1.LoadFailed", "systemd cannot load the unit"},
    Meaning{"org.freedesktop.systemd1.BadUnitSetting", "the unit has a setting that systemd does not accept"},
    Meaning{"org.freedesktop.systemd1.UnitMasked", "the unit is masked; systemctl unmask would allow it"},
    Meaning{"org.freedesktop.systemd1.UnitExists", "another file is where its enablement link has to be"},
    Meaning{"org.freedesktop.systemd1.UnitGenerated", "the unit is generated and cannot be enabled"},
    Meaning{"org.freedesktop.systemd1.UnitLinked", "the unit file is a symbolic link to somewhere else"},
    Meaning{"org.freedesktop.systemd1.OnlyByDependency",
            "the unit may be started or stopped by other units only"},
    Meaning{"org.freedesktop.systemd1.JobTypeNotApplicable", "a unit of this type cannot do that"},
    Meaning{"org.freedesktop.systemd1.TransactionIsDestructive",
            "a job in progress contradicts it; try again"},
    Meaning{"org.freedesktop.systemd1.TransactionJobsConflicting",
            "the units that this involves contradict each other"},
    Meaning{"org.freedesktop.systemd1.TransactionOrderIsCyclic",
            "the units that this involves wait for each other"},
    Meaning{"org.freedesktop.systemd1.ShuttingDown", "the host is shutting down"},
    Meaning{"org.freedesktop.DBus.Error.AccessDenied", "you may not do that; run it as root",
            ErrorKind::unauthorised},
    Meaning{"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
            "you may not do that; run it as root", ErrorKind::unauthorised},
    Meaning{"org.freedesktop.DBus.Error.NoReply", "systemd did not answer in time"},
    Meaning{"org.freedesktop.DBus.Error.Timeout", "systemd did not answer in time"},
    Meaning{"org.freedesktop.DBus.Error.FileNotFound", "systemd does not find the unit file"},
};

Error reply_error(std::string_view doing, const BusError& error) {
  const auto* found = std::find_if(meanings.begin(), meanings.end(),
                                   [&](const Meaning& meaning) { return meaning.name == error.name(); });
  const bool known = found != meanings.end();
  return Error(fmt::format("cannot {}: {} ({}: {})", doing, known ? found->text : "systemd refused",
                           error.name(), printable(error.message())),
               known ? found->kind : ErrorKind::failed)
      .with_errno(known ? found->errno_value : EIO);
}

/// Reads the variant that a message stands at. A type that nobody asks for is skipped.
int read_variant(sd_bus_message* message, Properties& properties, const char* name) {
  const char* contents = nullptr;
  int r = sd_bus_message_peek_type(message, nullptr, &contents);
  if (r < 0) return r;
  const std::string_view type = contents;
  if (type != "s" && type != "u" && type != "t" && type != "as" && type != "i")
    return sd_bus_message_skip(message, "v");
  r = sd_bus_message_enter_container(message, SD_BUS_TYPE_VARIANT, contents);
  if (r < 0) return r;
  if (type == "s") {
    const char* value = nullptr;
    r = sd_bus_message_read_basic(message, SD_BUS_TYPE_STRING, &value);
    if (r > 0) properties[name] = std::string(value);
  } else if (type == "u") {
    std::uint32_t value = 0;
    r = sd_bus_message_read_basic(message, SD_BUS_TYPE_UINT32, &value);
    if (r > 0) properties[name] = value;
  } else if (type == "i") {
    std::int32_t value = 0;
    r = sd_bus_message_read_basic(message, SD_BUS_TYPE_INT32, &value);
    if (r > 0) properties[name] = value;
  } else if (type == "t") {
    std::uint64_t value = 0;
    r = sd_bus_message_read_basic(message, SD_BUS_TYPE_UINT64, &value);
    if (r > 0) properties[name] = value;
  } else {
    std::vector<std::string> values;
    r = sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, "s");
    const char* value = nullptr;
    while (r >= 0 && (r = sd_bus_message_read_basic(message, SD_BUS_TYPE_STRING, &value)) > 0) {
      values.emplace_back(value);
    }
    if (r >= 0) r = sd_bus_message_exit_container(message);
    properties[name] = std::move(values);
  }
  return r < 0 ? r : sd_bus_message_exit_container(message);
}

int read_properties(sd_bus_message* message, Properties& properties) {
  int r = sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, "{sv}");
  while (r >= 0 && (r = sd_bus_message_enter_container(message, SD_BUS_TYPE_DICT_ENTRY, "sv")) > 0) {
    const char* name = nullptr;
    r = sd_bus_message_read_basic(message, SD_BUS_TYPE_STRING, &name);
    if (r > 0) r = read_variant(message, properties, name);
    if (r >= 0) r = sd_bus_message_exit_container(message);
  }
  return r;
}
}  // namespace

Error wire_error(std::string_view doing, int negative_errno) {
  return Error::from_errno(-negative_errno, fmt::format("cannot {}: talking to systemd failed", doing));
}

Result<std::unique_ptr<ManagerConnection>> ManagerConnection::open(const std::string& socket, Kind kind) {
  sd_bus* created = nullptr;
  int r = sd_bus_new(&created);
  BusHandle bus(created);
  if (r >= 0) r = sd_bus_set_address(bus.get(), ("unix:path=" + socket).c_str());
  if (r >= 0) r = sd_bus_set_bus_client(bus.get(), kind == Kind::bus ? 1 : 0);
  if (r >= 0) r = sd_bus_start(bus.get());
  if (r < 0) {
    return tl::unexpected(
        Error::from_errno(-r, fmt::format("cannot reach systemd at {}", printable(socket))));
  }
  return std::unique_ptr<ManagerConnection>(new ManagerConnection(std::move(bus), kind));
}

bool ManagerConnection::is_alive() {
  int r = 0;
  do {
    r = sd_bus_process(bus_.get(), nullptr);
  } while (r > 0);
  return r >= 0 && sd_bus_is_open(bus_.get()) > 0;
}

Result<Message> ManagerConnection::method_call(std::string_view doing, const std::string& path,
                                               const char* interface, const char* member) const {
  sd_bus_message* created = nullptr;
  const int r =
      sd_bus_message_new_method_call(bus_.get(), &created, service, path.c_str(), interface, member);
  Message message(created);
  if (r < 0) return tl::unexpected(wire_error(doing, r));
  return message;
}

Result<Message> ManagerConnection::manager_call(std::string_view doing, const char* member) const {
  return method_call(doing, manager_path, manager_interface, member);
}

Result<Message> ManagerConnection::call(std::string_view doing, const Message& message,
                                        std::chrono::microseconds timeout) {
  BusError error;
  sd_bus_message* reply = nullptr;
  const int r = sd_bus_call(bus_.get(), message.get(), static_cast<std::uint64_t>(timeout.count()),
                            error.out(), &reply);
  if (r < 0 && error.is_set()) return tl::unexpected(reply_error(doing, error));
  if (r < 0) return tl::unexpected(wire_error(doing, r));
  return Message(reply);
}

Result<Properties> ManagerConnection::properties(std::string_view doing, const std::string& path,
                                                 const char* interface) {
  const Message message = TRY(method_call(doing, path, "org.freedesktop.DBus.Properties", "GetAll"));
  int r = sd_bus_message_append(message.get(), "s", interface);
  if (r < 0) return tl::unexpected(wire_error(doing, r));
  const Message reply = TRY(call(doing, message, reply_timeout));
  Properties properties;
  r = read_properties(reply.get(), properties);
  if (r < 0) return tl::unexpected(wire_error(doing, r));
  return properties;
}

int ManagerConnection::on_job_removed(sd_bus_message* message, void* self, sd_bus_error* /*error*/) noexcept {
  std::uint32_t id = 0;
  const char* job = nullptr;
  const char* unit = nullptr;
  const char* result = nullptr;
  if (sd_bus_message_read(message, "uoss", &id, &job, &unit, &result) >= 0) {
    static_cast<ManagerConnection*>(self)->ended_jobs_[job] = result;
  }
  return 0;
}

Result<> ManagerConnection::subscribe(std::string_view doing) {
  if (subscribed_) return {};
  // Without a bus there are no senders' names to match by.
  const char* sender = kind_ == Kind::bus ? service : nullptr;
  const int r = sd_bus_match_signal(bus_.get(), nullptr, sender, manager_path, manager_interface,
                                    "JobRemoved", on_job_removed, this);
  if (r < 0) return tl::unexpected(wire_error(doing, r));
  TRY(call(doing, TRY(manager_call(doing, "Subscribe")), reply_timeout));
  subscribed_ = true;
  return {};
}

Result<> ManagerConnection::cancel(std::string_view doing, const std::string& job) {
  const Message message = TRY(method_call(doing, job, "org.freedesktop.systemd1.Job", "Cancel"));
  TRY(call(doing, message, reply_timeout));
  return {};
}

Result<JobResult> ManagerConnection::run_job(std::string_view doing, const Message& message,
                                             std::chrono::milliseconds timeout) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + timeout;
  TRY(subscribe(doing));
  ended_jobs_.clear();
  const Message reply = TRY(call(doing, message, reply_timeout));
  const char* path = nullptr;
  int r = sd_bus_message_read(reply.get(), "o", &path);
  if (r < 0) return tl::unexpected(wire_error(doing, r));
  const std::string job = path;

  for (;;) {
    while ((r = sd_bus_process(bus_.get(), nullptr)) > 0) {
    }
    if (const auto ended = ended_jobs_.find(job); ended != ended_jobs_.end()) return ended->second;
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now());
    if (r >= 0 && left.count() > 0) r = sd_bus_wait(bus_.get(), static_cast<std::uint64_t>(left.count()));
    if (r < 0 && r != -EINTR) return tl::unexpected(wire_error(doing, r));
    if (left.count() <= 0) break;
  }
  // It may end in the very moment in which it is cancelled; then there is nothing left to cancel.
  const Result<> cancelled = cancel(doing, job);
  while (sd_bus_process(bus_.get(), nullptr) > 0) {
  }
  const auto ended = ended_jobs_.find(job);
  if (ended != ended_jobs_.end() && ended->second != "canceled") return ended->second;
  if (ended == ended_jobs_.end() && !cancelled) return tl::unexpected(cancelled.error());
  return JobResult();
}

}  // namespace addon::linux
