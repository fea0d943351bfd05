#include "bundle/reader.hpp"

#include <array>
#include <span>

#include "bundle/machine.hpp"

namespace addon::bundle {

namespace {

Result<> check_unchanged(const host::File& file, const SurveyedFile& surveyed) {
  const host::FileState state = TRY(file.state());
  if (state.identity == surveyed.state.identity) return {};
  return tl::unexpected(
      Error("it changed while the bundle was read; try again when nothing writes to it", ErrorKind::invalid));
}

Result<std::string> read_up_to(host::File& file, std::size_t bytes) {
  std::string text;
  std::array<std::byte, 16384> buffer{};
  while (text.size() < bytes) {
    const std::size_t wanted = std::min(buffer.size(), bytes - text.size());
    const std::size_t got = TRY(file.read(std::span(buffer).first(wanted)));
    if (got == 0) break;
    text.append(reinterpret_cast<const char*>(buffer.data()), got);
  }
  return text;
}

}  // namespace

Result<std::string> DirectoryReader::text(const SurveyedFile& file, std::size_t limit) {
  const auto open = TRY(directory_.open_file(file.path));
  TRY(check_unchanged(*open, file));
  std::string text = TRY(read_up_to(*open, limit + 1));
  TRY(check_unchanged(*open, file));
  read_.insert_or_assign(file.path, Digest::of(text));
  return text;
}

Result<std::string> DirectoryReader::beginning(const SurveyedFile& file) {
  const auto open = TRY(directory_.open_file(file.path));
  TRY(check_unchanged(*open, file));
  return read_up_to(*open, kMachineBytes);
}

Result<Digest> DirectoryReader::digest(const SurveyedFile& file) {
  if (const auto read = read_.find(file.path); read != read_.end()) return read->second;
  if (const auto known = known_.find(file.state.identity); known != known_.end()) return known->second;
  const auto open = TRY(directory_.open_file(file.path));
  TRY(check_unchanged(*open, file));
  const Digest digest = TRY(host::hash_file(*open));
  TRY(check_unchanged(*open, file));
  read_.insert_or_assign(file.path, digest);
  return digest;
}

}  // namespace addon::bundle
