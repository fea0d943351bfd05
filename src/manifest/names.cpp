// The words of the manifest for deliveries and supervision models.
#include <array>
#include <utility>

#include "manifest/manifest.hpp"

namespace addon::manifest {

namespace {
constexpr std::array<std::pair<Delivery, std::string_view>, 3> deliveries = {{
    {Delivery::compiled_in, "compiled-in"},
    {Delivery::pushed_artifact, "pushed-artifact"},
    {Delivery::os_package, "os-package"},
}};

constexpr std::array<std::pair<Supervision, std::string_view>, 5> supervisions = {{
    {Supervision::config_toggle, "config-toggle"},
    {Supervision::agent_sidecar, "agent-sidecar"},
    {Supervision::systemd_service, "systemd-service"},
    {Supervision::systemd_timer, "systemd-timer"},
    {Supervision::ephemeral_helper, "ephemeral-helper"},
}};

template <class Table, class Value>
std::string_view word_of(const Table& table, Value value) {
  for (const auto& [known, word] : table) {
    if (known == value) return word;
  }
  return "";
}

template <class Value, std::size_t N>
std::optional<Value> value_of(const std::array<std::pair<Value, std::string_view>, N>& table,
                              std::string_view text) {
  for (const auto& [value, word] : table) {
    if (word == text) return value;
  }
  return std::nullopt;
}
}  // namespace

std::string_view to_string(Delivery delivery) { return word_of(deliveries, delivery); }
std::string_view to_string(Supervision supervision) { return word_of(supervisions, supervision); }
std::optional<Delivery> delivery_from(std::string_view text) { return value_of(deliveries, text); }
std::optional<Supervision> supervision_from(std::string_view text) { return value_of(supervisions, text); }

}  // namespace addon::manifest
