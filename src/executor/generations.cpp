#include "executor/generations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "executor/layout.hpp"

namespace addon::executor {

namespace {

constexpr std::size_t kMaxRecord = std::size_t{64} << 20;

// "17.json" -> 17. Anything else in the directory is not a record.
std::optional<std::uint64_t> number_of(const std::string& name) {
  const auto dot = name.find(".json");
  if (dot == std::string::npos || dot + 5 != name.size() || name.front() == '0') return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + dot, number);
  if (error != std::errc() || end != name.data() + dot) return std::nullopt;
  return number;
}

std::string record_name(std::uint64_t number) { return fmt::format("{}.json", number); }

Result<std::vector<std::uint64_t>> record_numbers(const host::Directory& directory) {
  std::vector<std::uint64_t> numbers;
  for (const host::DirectoryEntry& entry : TRY(directory.list())) {
    if (const auto number = number_of(entry.name)) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Result<plan::Generation> read_record(const host::Directory& directory, std::uint64_t number) {
  const std::string name = record_name(number);
  const std::string context =
      fmt::format("cannot read generation {} ({}/{})", number, directory.path(), name);
  const std::string text = TRY_CONTEXT(context, directory.read_file(RelativePath::of({name}), kMaxRecord));
  const Json json = TRY_CONTEXT(context, parse_json(text, name));
  plan::Generation generation = TRY_CONTEXT(context, plan::generation_from_json(json));
  if (generation.number != number) {
    return tl::unexpected(
        Error(fmt::format("{}: it says that it is generation {}", context, generation.number)));
  }
  return generation;
}

}  // namespace

plan::Generation Generations::last() const { return all.empty() ? plan::Generation{} : all.back(); }

const plan::Generation* Generations::find(std::uint64_t number) const {
  const auto found = std::find_if(all.begin(), all.end(), [&](const plan::Generation& generation) {
    return generation.number == number;
  });
  return found == all.end() ? nullptr : &*found;
}

Result<Generations> read_generations(const host::Directory& root) {
  Generations generations;
  const auto directory = TRY(root.open_directory_if_present(generations_dir()));
  if (directory == nullptr) return generations;
  for (const std::uint64_t number : TRY(record_numbers(*directory))) {
    auto record = read_record(*directory, number);
    if (record) {
      generations.all.push_back(std::move(*record));
    } else {
      generations.unreadable.push_back(record.error().message());
    }
  }
  return generations;
}

Result<plan::Generation> read_last_generation(const host::Directory& root) {
  const auto directory = TRY(root.open_directory_if_present(generations_dir()));
  if (directory == nullptr) return plan::Generation{};
  const std::vector<std::uint64_t> numbers = TRY(record_numbers(*directory));
  if (numbers.empty()) return plan::Generation{};
  return read_record(*directory, numbers.back()).map_error([](Error error) {
    return Error(
        fmt::format("{}; it says what is active, so nothing is done without it: restore it, or move "
                    "it away to go on from the generation before",
                    error.message()));
  });
}

Result<> commit_generation(host::Directory& records, const plan::Generation& generation) {
  return host::write_durably(records, record_name(generation.number),
                             canonical(plan::to_json(generation)) + "\n", 0644);
}

Result<bool> has_generation(const host::Directory& root, std::uint64_t number,
                            const std::string& plan_digest) {
  const auto directory = TRY(root.open_directory_if_present(generations_dir()));
  if (directory == nullptr || !TRY(directory->stat(RelativePath::of({record_name(number)})))) return false;
  // A commit that was written in part was never renamed to that name.
  const auto record = read_record(*directory, number);
  return record && record->plan_digest == plan_digest;
}

Result<> withdraw_generation(host::Directory& records, std::uint64_t number) {
  TRY(records.remove_file(record_name(number)));
  return records.sync();
}

Result<> discard_draft(host::Directory& root, std::uint64_t number) {
  const auto directory = TRY(root.open_directory_if_present(generations_dir()));
  return directory == nullptr ? Result<>()
                              : directory->remove_file(host::temporary_name(record_name(number)));
}

}  // namespace addon::executor
