#include "host/directory.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>

#include "core/text.hpp"

namespace addon::host {

namespace {
/// One clause as cap_to_text(3) writes it: "cap_net_raw=ep". Nothing for no capabilities.
void add_clause(std::vector<std::string>& clauses, CapabilitySet set, std::string_view flags) {
  if (!set.empty()) clauses.push_back(fmt::format("{}={}", join(set.names(), ","), flags));
}
}  // namespace

std::string to_string(const FileCapabilities& capabilities) {
  const CapabilitySet both = capabilities.permitted & capabilities.inheritable;
  const std::string effective = capabilities.effective ? "e" : "";
  std::vector<std::string> clauses;
  add_clause(clauses, both, effective + "ip");
  add_clause(clauses, capabilities.permitted - both, effective + "p");
  add_clause(clauses, capabilities.inheritable - both, effective + "i");
  add_clause(clauses, CapabilitySet::from_bits(capabilities.unknown_bits), effective + "?");
  if (capabilities.root_uid != 0 && !clauses.empty()) {
    clauses.push_back(fmt::format("[rootid={}]", capabilities.root_uid));
  }
  return join(clauses, " ");
}

FileCapabilities permitted_and_effective(CapabilitySet set) {
  FileCapabilities capabilities;
  capabilities.permitted = set;
  capabilities.effective = !set.empty();
  return capabilities;
}

std::string temporary_name(std::string_view name) {
  constexpr std::size_t digits = 16;
  return ".addonctl-new-" + Digest::of(name).hex().substr(0, digits);
}

namespace {
Result<> fill(File& file, std::string_view bytes, unsigned mode) {
  TRY(file.write(std::as_bytes(std::span(bytes.data(), bytes.size()))));
  TRY(file.set_owner(0, 0));
  TRY(file.set_mode(mode));
  return file.sync();
}
}  // namespace

Result<> write_durably(Directory& directory, std::string_view name, std::string_view bytes, unsigned mode) {
  const std::string temporary = temporary_name(name);
  TRY(directory.remove_file(temporary));
  const auto file = TRY(directory.create_file(temporary));
  Result<> done = fill(*file, bytes, mode);
  if (done) done = directory.rename(temporary, name, RenameMode::replace);
  if (done) return directory.sync();

  Error failure = std::move(done).error().with_context(fmt::format("cannot write {}", printable(name)));
  const Result<> cleaned = directory.remove_file(temporary);
  return tl::unexpected(cleaned ? std::move(failure) : std::move(failure).followed_by(cleaned.error()));
}

Result<Digest> hash_file(File& file) {
  // Large enough that system calls cost nothing beside the hashing, small enough for the L2 cache.
  constexpr std::size_t chunk = std::size_t{128} * 1024;
  const auto buffer = std::make_unique<std::array<std::byte, chunk>>();
  Sha256 hash;
  for (;;) {
    const std::size_t count = TRY(file.read(*buffer));
    if (count == 0) return hash.finish();
    hash.update(std::span(buffer->data(), count));
  }
}

}  // namespace addon::host
