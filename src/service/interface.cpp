// What sd-bus and sd-event call of the daemon.
#include <algorithm>
#include <csignal>
#include <vector>

#include "client/protocol.hpp"
#include "service/daemon.hpp"

namespace addon::service {

namespace {
constexpr const char* kVersion = ADDONCTL_VERSION;

int get_version(sd_bus* /*bus*/, const char* /*path*/, const char* /*interface*/, const char* /*property*/,
                sd_bus_message* reply, void* /*self*/, sd_bus_error* /*error*/) {
  return sd_bus_message_append_basic(reply, SD_BUS_TYPE_STRING, kVersion);
}
}  // namespace

const sd_bus_vtable* Daemon::vtable() {
  // sd-bus keeps the table and the texts in it.
  static const std::vector<std::string> signatures = [] {
    std::vector<std::string> all;
    for (const client::Method& method : client::kMethods) all.push_back(client::signature_of(method));
    return all;
  }();
  static const std::vector<sd_bus_vtable> table = [] {
    std::vector<sd_bus_vtable> entries = {SD_BUS_VTABLE_START(0)};
    for (std::size_t i = 0; i < client::kMethods.size(); ++i) {
      entries.push_back(SD_BUS_METHOD(client::kMethods[i].name, signatures[i].c_str(), "is", on_call,
                                      SD_BUS_VTABLE_UNPRIVILEGED));
    }
    entries.push_back(SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST));
    // Who may not read it is not told what it is, but that it changed.
    entries.push_back(
        SD_BUS_PROPERTY("Progress", "(ss)", get_progress, 0, SD_BUS_VTABLE_PROPERTY_EMITS_INVALIDATION));
    entries.push_back(SD_BUS_SIGNAL("Output", "uyay", 0));
    entries.push_back(SD_BUS_VTABLE_END);
    return entries;
  }();
  return table.data();
}

int Daemon::on_call(sd_bus_message* message, void* self, sd_bus_error* /*error*/) noexcept {
  static_cast<Daemon*>(self)->take_call(message);
  return 1;
}

int Daemon::on_gone(sd_bus_track* /*track*/, void* job) noexcept {
  auto& gone = *static_cast<Job*>(job);
  gone.daemon->abandon(gone);
  return 0;
}

int Daemon::on_frames(sd_event_source* /*source*/, int /*fd*/, std::uint32_t /*events*/, void* job) noexcept {
  auto& running = *static_cast<Job*>(job);
  if (!running.daemon->hear(running)) running.daemon->finish(running);
  return 0;
}

int Daemon::on_timeout(sd_event_source* source, std::uint64_t /*now*/, void* job) noexcept {
  auto& stalled = *static_cast<Job*>(job);
  // It may have gone on while this process looked elsewhere, and then has another time, or none.
  stalled.daemon->hear(stalled);
  if (stalled.on_timeout.get() == source && stalled.worker > 0) kill(stalled.worker, SIGKILL);
  return 0;
}

int Daemon::on_idle(sd_event_source* /*source*/, std::uint64_t /*now*/, void* self) noexcept {
  static_cast<Daemon*>(self)->retire();
  return 0;
}

int Daemon::on_signal(sd_event_source* /*source*/, const struct signalfd_siginfo* /*info*/,
                      void* self) noexcept {
  static_cast<Daemon*>(self)->end_soon();
  return 0;
}

int Daemon::get_progress(sd_bus* /*bus*/, const char* /*path*/, const char* /*interface*/,
                         const char* /*property*/, sd_bus_message* reply, void* self,
                         sd_bus_error* /*error*/) noexcept {
  const std::list<Job>& jobs = static_cast<Daemon*>(self)->jobs_;
  const auto changing = std::find_if(jobs.begin(), jobs.end(), [](const Job& job) { return job.has_begun; });
  if (changing == jobs.end()) return sd_bus_message_append(reply, "(ss)", "", "");
  return sd_bus_message_append(reply, "(ss)", std::string(changing->call.method->verb).c_str(),
                               changing->progress.c_str());
}

}  // namespace addon::service
