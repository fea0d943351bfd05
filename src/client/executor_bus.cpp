#include "client/executor_bus.hpp"

#include <fmt/format.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "client/bus_message.hpp"
#include "core/text.hpp"

namespace addon::client {

namespace {

struct CloseBus {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
};
struct UnrefMessage {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
struct UnrefSlot {
  void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
using BusHandle = std::unique_ptr<sd_bus, CloseBus>;
using Message = std::unique_ptr<sd_bus_message, UnrefMessage>;
using Slot = std::unique_ptr<sd_bus_slot, UnrefSlot>;

constexpr const char* kDaemon = "org.freedesktop.DBus";
constexpr std::uint64_t kForever = UINT64_MAX;

Error wire_error(int negative_errno) {
  return Error::from_errno(-negative_errno, "cannot speak with addon-executor over the system bus");
}

Error reply_error(const sd_bus_error& error) {
  const std::string_view name = error.name;
  const std::string text = printable(error.message != nullptr ? error.message : "");
  if (name == kAccessDenied) {
    // The bus speaks of its own rules.
    const bool by_bus = text.starts_with("Rejected");
    return Error(
        fmt::format("{}; members of the group addonctl may look, and those of addonctl-admin, or whom "
                    "polkit authorises, may change this host",
                    by_bus ? "the system bus does not let you call addon-executor" : text),
        ErrorKind::unauthorised);
  }
  if (name == "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired")
    return Error(text, ErrorKind::unauthorised);
  if (name == kLimitsExceeded) return Error(text, ErrorKind::locked);
  if (name == "org.freedesktop.DBus.Error.NoReply" || name == "org.freedesktop.DBus.Error.Disconnected") {
    return Error("addon-executor went away before it had answered; run addonctl status to see what holds");
  }
  return Error(fmt::format("addon-executor did not answer as it should: {} ({})", text, name));
}

/// A call under way, as sd-bus tells of it.
struct Pending {
  const ExecutorBus::Output& output;
  std::string executor;  ///< its unique name: nobody else is believed
  std::uint64_t cookie = 0;
  std::optional<Result<Answer>> answer{};
  bool is_ending = false;  ///< it was about to go away, and did nothing of it

  static int on_reply(sd_bus_message* reply, void* self, sd_bus_error* /*error*/) noexcept {
    auto& pending = *static_cast<Pending*>(self);
    pending.answer = read(reply);
    pending.is_ending = sd_bus_message_is_method_error(reply, kEnding) > 0 ||
                        sd_bus_message_is_method_error(reply, SD_BUS_ERROR_SERVICE_UNKNOWN) > 0 ||
                        sd_bus_message_is_method_error(reply, SD_BUS_ERROR_NAME_HAS_NO_OWNER) > 0;
    return 0;
  }

  static Result<Answer> read(sd_bus_message* reply) {
    if (const sd_bus_error* error = sd_bus_message_get_error(reply); error != nullptr)
      return tl::unexpected(reply_error(*error));
    int exit = 0;
    const char* report = nullptr;
    const int r = sd_bus_message_read(reply, "is", &exit, &report);
    if (r < 0) return tl::unexpected(wire_error(r));
    return Answer{exit, report};
  }

  static int on_message(sd_bus_message* message, void* self, sd_bus_error* /*error*/) noexcept {
    auto& pending = *static_cast<Pending*>(self);
    const char* sender = sd_bus_message_get_sender(message);
    if (sd_bus_message_is_signal(message, kInterface, "Output") <= 0 || sender == nullptr ||
        pending.executor != sender) {
      return 0;
    }
    std::uint32_t call = 0;
    std::uint8_t stream = 0;
    const void* bytes = nullptr;
    std::size_t size = 0;
    if (sd_bus_message_read(message, "uy", &call, &stream) < 0 || call != pending.cookie) return 0;
    if (sd_bus_message_read_array(message, 'y', &bytes, &size) < 0) return 0;
    if (stream < static_cast<std::uint8_t>(Stream::out) ||
        stream > static_cast<std::uint8_t>(Stream::findings_as_results))
      return 0;
    pending.output(static_cast<Stream>(stream), {static_cast<const char*>(bytes), size});
    return 0;
  }
};

int append_operands(sd_bus_message* message, const Call& call) {
  switch (call.method->operands) {
    case Operands::none:
      return 0;
    case Operands::id:
      return sd_bus_message_append(message, "s", call.ids.empty() ? "" : call.ids.front().c_str());
    case Operands::ids:
      return append_texts(message, call.ids);
    case Operands::plan_sources: {
      const int r = sd_bus_message_append(message, "sh", call.plan.c_str(), call.plan_file.get());
      return r < 0 ? r : append_sources(message, call.files, call.sources);
    }
    case Operands::sources:
      return append_sources(message, call.files, call.sources);
  }
  return -EINVAL;
}

/// The unique name of whoever owns the executor's; "" where nobody does and nobody can be started.
Result<std::string> find_executor(sd_bus* bus) {
  for (const char* member : {"GetNameOwner", "StartServiceByName", "GetNameOwner"}) {
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message* reply = nullptr;
    const bool starts = std::strcmp(member, "StartServiceByName") == 0;
    const int r = starts ? sd_bus_call_method(bus, kDaemon, "/org/freedesktop/DBus", kDaemon, member, &error,
                                              &reply, "su", kBusName, 0U)
                         : sd_bus_call_method(bus, kDaemon, "/org/freedesktop/DBus", kDaemon, member, &error,
                                              &reply, "s", kBusName);
    const Message answer(reply);
    if (r < 0) {
      const std::string name = error.name != nullptr ? error.name : "";
      const std::string why = printable(error.message != nullptr ? error.message : "");
      sd_bus_error_free(&error);
      if (name.ends_with(".NameHasNoOwner")) continue;
      if (name.ends_with(".ServiceUnknown") || name.ends_with(".FileNotFound")) return "";
      if (name.ends_with(".AccessDenied")) return tl::unexpected(Error(why, ErrorKind::unauthorised));
      return tl::unexpected(
          Error(fmt::format("cannot start addon-executor: {}; look at systemctl status "
                            "addon-executor.service",
                            why)));
    }
    const char* owner = nullptr;
    if (!starts && sd_bus_message_read(reply, "s", &owner) > 0) return owner;
  }
  return "";
}

class SystemBus final : public ExecutorBus {
 public:
  SystemBus(BusHandle bus, std::string executor) : bus_(std::move(bus)), executor_(std::move(executor)) {}

  Result<std::optional<Answer>> call(const Call& call, const Output& output,
                                     const std::atomic<bool>& detach) override {
    constexpr int enough = 5;
    for (int tries = 1;; ++tries) {
      // It may have ended since the last call, and is started again by being looked for.
      executor_ = TRY(find_executor(bus_.get()));
      if (executor_.empty()) return tl::unexpected(Error("addon-executor is not there any more"));
      Pending pending{output, executor_};
      auto answer = once(call, pending, detach);
      if (!pending.is_ending || tries == enough) return answer;
      // systemd starts no other one before it has seen this one end.
      constexpr useconds_t pause_us = 100'000;
      usleep(pause_us);
    }
  }

 private:
  Result<std::optional<Answer>> once(const Call& call, Pending& pending, const std::atomic<bool>& detach) {
    sd_bus_message* made = nullptr;
    int r = sd_bus_message_new_method_call(bus_.get(), &made, executor_.c_str(), kObjectPath, kInterface,
                                           call.method->name);
    const Message message(made);
    if (r >= 0) r = append_operands(made, call);
    if (r >= 0) r = append_options(made, call.options);
    if (r >= 0) r = sd_bus_message_set_allow_interactive_authorization(made, call.may_interact ? 1 : 0);
    if (r < 0) return tl::unexpected(wire_error(r));
    sd_bus_slot* slot = nullptr;
    r = sd_bus_add_filter(bus_.get(), &slot, Pending::on_message, &pending);
    const Slot filter(slot);
    if (r < 0) return tl::unexpected(wire_error(r));
    slot = nullptr;
    r = sd_bus_call_async(bus_.get(), &slot, made, Pending::on_reply, &pending, kForever);
    const Slot reply(slot);
    if (r >= 0) r = sd_bus_message_get_cookie(made, &pending.cookie);
    if (r < 0) return tl::unexpected(wire_error(r));
    return wait(pending, detach);
  }

  Result<std::optional<Answer>> wait(Pending& pending, const std::atomic<bool>& detach) {
    // A signal that comes just before the wait is heard after it.
    constexpr std::uint64_t pause_us = 200'000;
    while (!pending.answer) {
      if (detach.load()) {
        sd_bus_flush(bus_.get());
        return std::nullopt;
      }
      int r = sd_bus_process(bus_.get(), nullptr);
      if (r == 0) r = sd_bus_wait(bus_.get(), pause_us);
      if (r < 0 && r != -EINTR) return tl::unexpected(wire_error(r));
    }
    Answer answer = TRY(*std::move(pending.answer));
    return answer;
  }

  BusHandle bus_;
  std::string executor_;
};

}  // namespace

Result<std::unique_ptr<ExecutorBus>> ExecutorBus::connect() {
  sd_bus* opened = nullptr;
  if (sd_bus_open_system(&opened) < 0) return nullptr;
  BusHandle bus(opened);
  const auto executor = find_executor(opened);
  if (!executor) return tl::unexpected(executor.error());
  if (executor->empty()) return nullptr;
  return std::make_unique<SystemBus>(std::move(bus), *executor);
}

}  // namespace addon::client
