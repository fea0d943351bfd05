#include "service/authority.hpp"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace addon::service {

namespace {

constexpr const char* kPolkit = "org.freedesktop.PolicyKit1";
constexpr std::uint64_t kPatience = 120'000'000;  // in microseconds: somebody may have to type a password

// There is no polkit here, and nobody means it to run.
constexpr std::array<std::string_view, 2> kAbsent = {"org.freedesktop.DBus.Error.ServiceUnknown",
                                                     "org.freedesktop.systemd1.UnitMasked"};

bool is_member(uid_t uid, const char* group_name) {
  std::array<char, 65536> buffer{};
  group group_entry{};
  group* found_group = nullptr;
  if (getgrnam_r(group_name, &group_entry, buffer.data(), buffer.size(), &found_group) != 0 ||
      found_group == nullptr) {
    return false;
  }
  const gid_t wanted = found_group->gr_gid;
  passwd user_entry{};
  passwd* user = nullptr;
  if (getpwuid_r(uid, &user_entry, buffer.data(), buffer.size(), &user) != 0 || user == nullptr) return false;
  std::vector<gid_t> groups(64);
  int count = static_cast<int>(groups.size());
  if (getgrouplist(user->pw_name, user->pw_gid, groups.data(), &count) < 0) {
    groups.resize(static_cast<std::size_t>(count));
    if (getgrouplist(user->pw_name, user->pw_gid, groups.data(), &count) < 0) return false;
  }
  groups.resize(static_cast<std::size_t>(count));
  return std::find(groups.begin(), groups.end(), wanted) != groups.end();
}

Verdict judge_by_polkit(sd_bus_message* reply) {
  int is_authorised = 0;
  int is_challenge = 0;
  int r = sd_bus_message_enter_container(reply, SD_BUS_TYPE_STRUCT, "bba{ss}");
  if (r > 0) r = sd_bus_message_read(reply, "bb", &is_authorised, &is_challenge);
  return r > 0 && is_authorised != 0 ? Verdict::allowed : Verdict::refused;
}

int append_question(sd_bus_message* question, sd_bus_message* call, const client::Method& method) {
  const std::string action = "io.addonctl.executor1." + std::string(method.action);
  const int interacts = sd_bus_message_get_allow_interactive_authorization(call);
  return sd_bus_message_append(question, "(sa{sv})sa{ss}us", "system-bus-name", 1, "name", "s",
                               sd_bus_message_get_sender(call), action.c_str(), 0,
                               static_cast<std::uint32_t>(interacts > 0 ? 1 : 0), "");
}

}  // namespace

Verdict judge_by_groups(const client::Method& method, uid_t uid) {
  const bool may_change = is_member(uid, "addonctl-admin");
  return may_change || (!method.changes && is_member(uid, "addonctl")) ? Verdict::allowed : Verdict::refused;
}

int Authority::Question::on_reply(sd_bus_message* reply, void* self, sd_bus_error* /*error*/) noexcept {
  auto& question = *static_cast<Question*>(self);
  const sd_bus_error* error = sd_bus_message_get_error(reply);
  Verdict verdict = Verdict::refused;
  if (error == nullptr) {
    verdict = judge_by_polkit(reply);
  } else if (std::find(kAbsent.begin(), kAbsent.end(), error->name) != kAbsent.end()) {
    verdict = judge_by_groups(*question.method_, question.uid_);
  }
  // The question may be gone when its answer returns.
  const Answer answer = std::move(question.answer_);
  answer(verdict);
  return 0;
}

std::unique_ptr<Authority::Question> Authority::ask(sd_bus_message* call, const client::Method& method,
                                                    uid_t uid, Question::Answer answer) {
  if (uid == 0) {
    answer(Verdict::allowed);
    return nullptr;
  }
  auto question = std::make_unique<Question>();
  question->method_ = &method;
  question->uid_ = uid;
  question->answer_ = std::move(answer);
  sd_bus_message* made = nullptr;
  int r = sd_bus_message_new_method_call(bus_, &made, kPolkit, "/org/freedesktop/PolicyKit1/Authority",
                                         "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization");
  const Message message(made);
  if (r >= 0) r = append_question(made, call, method);
  sd_bus_slot* slot = nullptr;
  if (r >= 0) r = sd_bus_call_async(bus_, &slot, made, Question::on_reply, question.get(), kPatience);
  question->slot_ = Slot(slot);
  if (r >= 0) return question;
  question->answer_(Verdict::refused);
  return nullptr;
}

}  // namespace addon::service
