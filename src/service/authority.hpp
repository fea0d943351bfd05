#pragma once

#include <systemd/sd-bus.h>

#include <functional>
#include <memory>

#include "client/protocol.hpp"
#include "service/handles.hpp"

namespace addon::service {

enum class Verdict { allowed, refused };

/// Who may call what. Root may do everything. Of others polkit decides, by the action of the method, where it
/// runs or can be started; where there is none, members of the group addonctl may look, and those of
/// addonctl-admin may look and change. Whatever else keeps polkit from an answer is a refusal.
class Authority {
 public:
  /// A question that stands; it is withdrawn with this object.
  class Question {
   public:
    using Answer = std::function<void(Verdict)>;

   private:
    friend class Authority;
    static int on_reply(sd_bus_message* reply, void* self, sd_bus_error* error) noexcept;

    const client::Method* method_ = nullptr;
    uid_t uid_ = 0;
    Answer answer_;
    Slot slot_;
  };

  explicit Authority(sd_bus* bus) : bus_(bus) {}

  /// Asks whether this user may have sent the message; the answer comes now or later, once. Null where it
  /// came at once.
  std::unique_ptr<Question> ask(sd_bus_message* call, const client::Method& method, uid_t uid,
                                Question::Answer answer);

 private:
  sd_bus* bus_;
};

/// Whether groups alone let this user call the method.
Verdict judge_by_groups(const client::Method& method, uid_t uid);

}  // namespace addon::service
