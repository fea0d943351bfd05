#include "executor/preflight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <variant>

#include "core/text.hpp"
#include "executor/layout.hpp"

namespace addon::executor {

namespace {

constexpr std::uint64_t kBlock = 4096;
// Units, links, the journal and the record of the new generation.
constexpr std::uint64_t kRecords = std::uint64_t{128} << 10;

bool grants(const plan::Step& step) {
  const auto* capabilities = std::get_if<plan::SetCapabilities>(&step.action);
  return capabilities != nullptr && !capabilities->after.empty();
}

bool is_unpacked(const AddonId& addon, const std::map<AddonId, const bundle::Bundle*>& bundles) {
  const auto found = bundles.find(addon);
  return found != bundles.end() && found->second->unpacked.has_value();
}

// Each file takes whole blocks, and one more for its inode and name. What is unpacked already has them.
std::uint64_t bytes_to_stage(const plan::Plan& plan,
                             const std::map<AddonId, const bundle::Bundle*>& bundles) {
  std::uint64_t bytes = 0;
  for (const plan::Step& step : plan.steps) {
    const auto* stage = std::get_if<plan::Stage>(&step.action);
    if (stage == nullptr || is_unpacked(stage->addon, bundles)) continue;
    for (const plan::ReleaseFile& file : stage->files) bytes += (file.size / kBlock + 2) * kBlock;
  }
  return bytes;
}

/// Runs `ask` on the directory that /opt/addons will be on: itself, or what is there to make it in.
template <class Ask>
auto on_addons(host::Directory& root, Ask ask) -> decltype(ask(root)) {
  for (const RelativePath& path : {addons_dir(), RelativePath::of({"opt"})}) {
    if (const auto found = TRY(root.open_directory_if_present(path))) return ask(*found);
  }
  return ask(root);
}

Result<> check_capabilities(const plan::Plan& plan, const Ports& ports) {
  if (!std::any_of(plan.steps.begin(), plan.steps.end(), grants)) return {};
  const bool taken =
      TRY_CONTEXT("cannot try file capabilities below /opt/addons",
                  on_addons(ports.root, [](host::Directory& there) { return there.takes_capabilities(); }));
  if (taken) return {};
  return tl::unexpected(
      Error("the filesystem of /opt/addons takes no file capabilities; put it on another, such as ext4"));
}

Result<> check_space(const plan::Plan& plan, const std::map<AddonId, const bundle::Bundle*>& bundles,
                     const Ports& ports) {
  const std::uint64_t staged = bytes_to_stage(plan, bundles);
  if (staged == 0) return {};
  const std::uint64_t needed = staged + kRecords;
  const std::uint64_t free =
      TRY_CONTEXT("cannot see how much room is left below /opt/addons",
                  on_addons(ports.root, [](host::Directory& there) { return there.free_bytes(); }));
  if (free >= needed) return {};
  return tl::unexpected(
      Error(fmt::format("the filesystem of /opt/addons has {} left, and {} are needed; free {} there first",
                        size_text(free), size_text(needed), size_text(needed - free))));
}

}  // namespace

Result<> preflight(const plan::Plan& plan, const std::map<AddonId, const bundle::Bundle*>& bundles,
                   const Ports& ports) {
  TRY(check_capabilities(plan, ports));
  return check_space(plan, bundles, ports);
}

}  // namespace addon::executor
