#pragma once

#include <systemd/sd-bus.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.hpp"

/// The wire below SystemdManager: sd-bus objects with owners and errors in this program's form.
namespace addon::linux {

struct CloseBus {
  void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};
struct UnrefMessage {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using BusHandle = std::unique_ptr<sd_bus, CloseBus>;
using Message = std::unique_ptr<sd_bus_message, UnrefMessage>;

/// Properties of the types that units' interesting ones have; others are left out.
using Property =
    std::variant<std::string, std::uint32_t, std::uint64_t, std::vector<std::string>, std::int32_t>;
using Properties = std::map<std::string, Property>;

/// What a job came to: "done", "failed", "timeout", "dependency", … or "" when time ran out first.
using JobResult = std::string;

/// A connection to the service manager, org.freedesktop.systemd1(5). `doing` in its functions
/// names the action for errors: "start probe.service".
class ManagerConnection {
 public:
  enum class Kind {
    direct,  ///< the manager itself, without a bus between
    bus      ///< by way of the system bus
  };

  static Result<std::unique_ptr<ManagerConnection>> open(const std::string& socket, Kind kind);

  /// Whether it still stands; takes in whatever has arrived meanwhile.
  bool is_alive();

  Result<Message> manager_call(std::string_view doing, const char* member) const;
  /// Sends the call and waits for its reply. The error for a unit that systemd does not know has
  /// errno ENOENT.
  Result<Message> call(std::string_view doing, const Message& message, std::chrono::microseconds timeout);
  Result<Properties> properties(std::string_view doing, const std::string& path, const char* interface);

  /// Sends a call that queues a job, and waits until that job has left the queue.
  Result<JobResult> run_job(std::string_view doing, const Message& message,
                            std::chrono::milliseconds timeout);

 private:
  ManagerConnection(BusHandle bus, Kind kind) : bus_(std::move(bus)), kind_(kind) {}

  Result<Message> method_call(std::string_view doing, const std::string& path, const char* interface,
                              const char* member) const;
  Result<> subscribe(std::string_view doing);
  Result<> cancel(std::string_view doing, const std::string& job);
  static int on_job_removed(sd_bus_message* message, void* self, sd_bus_error* error) noexcept;

  BusHandle bus_;
  Kind kind_;
  bool subscribed_ = false;
  std::map<std::string, JobResult> ended_jobs_;  ///< by object path, since the last run_job began
};

/// "cannot DOING: what went wrong between this program and systemd".
Error wire_error(std::string_view doing, int negative_errno);

}  // namespace addon::linux
