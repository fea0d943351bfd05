#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include <memory>

/// Owners of what sd-bus(3) and sd-event(3) hand out.
namespace addon::service {

struct UnrefBus {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
};
struct UnrefMessage {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
struct UnrefSlot {
  void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
struct UnrefCreds {
  void operator()(sd_bus_creds* creds) const { sd_bus_creds_unref(creds); }
};
struct UnrefTrack {
  void operator()(sd_bus_track* track) const { sd_bus_track_unref(track); }
};
struct UnrefEvent {
  void operator()(sd_event* event) const { sd_event_unref(event); }
};
struct UnrefSource {
  void operator()(sd_event_source* source) const { sd_event_source_disable_unref(source); }
};

using BusHandle = std::unique_ptr<sd_bus, UnrefBus>;
using Message = std::unique_ptr<sd_bus_message, UnrefMessage>;
using Slot = std::unique_ptr<sd_bus_slot, UnrefSlot>;
using Creds = std::unique_ptr<sd_bus_creds, UnrefCreds>;
using Track = std::unique_ptr<sd_bus_track, UnrefTrack>;
using Event = std::unique_ptr<sd_event, UnrefEvent>;
using EventSource = std::unique_ptr<sd_event_source, UnrefSource>;

}  // namespace addon::service
