#pragma once

#include <chrono>
#include <list>
#include <string>

#include "core/result.hpp"
#include "service/authority.hpp"
#include "service/handles.hpp"
#include "service/job.hpp"

namespace addon::service {

/// What one caller can take of the executor, so that it goes on serving others.
struct Limits {
  std::size_t running = 16;                ///< workers of all users but root
  std::size_t running_per_user = 2;        ///< of one user, not of root
  std::size_t calls_per_user = 16;         ///< that wait or run; more are refused at once
  std::size_t calls = 128;                 ///< of all users together
  std::chrono::seconds handing_over{600};  ///< for taking over what came with a call
  std::chrono::seconds looking{900};       ///< for a call that changes nothing
};

/// io.addonctl.Executor1 on a bus: takes calls, asks who may make them, runs each in a process of its own,
/// and answers. It has one thread, opens nothing that a caller named, and reads nothing that they handed
/// over.
class Daemon {
 public:
  /// On the system bus, under its name. `idle`: so long without a call, and run() returns.
  static Result<std::unique_ptr<Daemon>> open(std::chrono::seconds idle);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon();

  /// Serves until it is idle, or SIGTERM or SIGINT come: then runs under way are asked to undo themselves,
  /// and it ends with the last.
  Result<> run();

 private:
  Daemon(Event event, BusHandle bus, std::chrono::seconds idle)
      : event_(std::move(event)), bus_(std::move(bus)), authority_(bus_.get()), idle_(idle) {}

  Result<> set_up();
  Result<> take_name();
  void take_call(sd_bus_message* message);
  void decided(Job& job, Verdict verdict);
  void start_waiting();
  Job* next_waiting();
  Result<> start(Job& job);
  int give_time(Job& job, std::chrono::microseconds time);
  void take_frame(Job& job, ChannelFrame frame);
  void pass_on(const Job& job, client::Stream stream, const std::string& bytes);
  bool hear(Job& job);
  void finish(Job& job);
  void abandon(Job& job);
  void drop(Job& job);
  void refuse(Job& job, const char* error, const std::string& why);
  void end_soon();
  void retire();
  void changed_progress();
  void rest();

  static const sd_bus_vtable* vtable();
  static int on_call(sd_bus_message* message, void* self, sd_bus_error* error) noexcept;
  static int on_gone(sd_bus_track* track, void* job) noexcept;
  static int on_frames(sd_event_source* source, int fd, std::uint32_t events, void* job) noexcept;
  static int on_timeout(sd_event_source* source, std::uint64_t now, void* job) noexcept;
  static int on_idle(sd_event_source* source, std::uint64_t now, void* self) noexcept;
  static int on_signal(sd_event_source* source, const struct signalfd_siginfo* info, void* self) noexcept;
  static int get_progress(sd_bus* bus, const char* path, const char* interface, const char* property,
                          sd_bus_message* reply, void* self, sd_bus_error* error) noexcept;

  Limits limits_;
  Event event_;
  BusHandle bus_;
  Authority authority_;
  std::chrono::seconds idle_;
  std::list<Job> jobs_;
  EventSource idle_source_;
  bool is_ending_ = false;
};

}  // namespace addon::service
