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

constexpr std::string_view kDamaged = ".damaged";

std::string record_name(std::uint64_t number) { return fmt::format("{}.json", number); }

Result<std::vector<std::uint64_t>> record_numbers(const host::Directory& directory) {
  std::vector<std::uint64_t> numbers;
  for (const host::DirectoryEntry& entry : TRY(directory.list())) {
    if (const auto number = number_of(entry.name)) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

// What somebody else than root can write is not believed.
Result<> check_owner(const host::FileState& state) {
  const bool is_link = state.type == host::FileType::symlink;  // has no mode of its own, and is not followed
  if (is_link || (state.uid == 0 && (state.mode & 0022U) == 0)) return {};
  return tl::unexpected(
      Error(fmt::format("it is not root's alone to write (owner {}, mode {:04o})", state.uid, state.mode)));
}

bool is_damage(const Error& error) {
  // A record that is damaged stays so; a disk that cannot be read may be read again.
  return error.errno_value() == 0 || error.errno_value() == EISDIR || error.errno_value() == EINVAL ||
         error.errno_value() == ELOOP;
}

Result<plan::Generation> read_record(const host::Directory& directory, std::uint64_t number) {
  const std::string name = record_name(number);
  const std::string context =
      fmt::format("cannot read generation {} ({}/{})", number, directory.path(), name);
  if (const auto state = TRY_CONTEXT(context, directory.stat(RelativePath::of({name})))) {
    TRY_CONTEXT(context, check_owner(*state));
  }
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

Result<std::uint64_t> last_number(const host::Directory& root) {
  const auto directory = TRY(root.open_directory_if_present(generations_dir()));
  if (directory == nullptr) return std::uint64_t{0};
  const std::vector<std::uint64_t> numbers = TRY(record_numbers(*directory));
  return numbers.empty() ? 0 : numbers.back();
}

Result<LastGeneration> read_last_generation(const host::Directory& root) {
  LastGeneration last;
  const auto directory = TRY(root.open_directory_if_present(generations_dir()));
  if (directory == nullptr) return last;
  TRY_CONTEXT(fmt::format("cannot believe {}", directory->path()), check_owner(TRY(directory->state())));
  const std::vector<std::uint64_t> numbers = TRY(record_numbers(*directory));
  for (std::size_t i = numbers.size(); i-- > 0;) {
    auto record = read_record(*directory, numbers[i]);
    if (record) {
      last.generation = std::move(*record);
      break;
    }
    if (!is_damage(record.error())) return tl::unexpected(std::move(record).error());
    last.damaged.push_back({numbers[i], record.error().message()});
  }
  return last;
}

Result<std::vector<std::string>> put_damaged_aside(host::Directory& root) {
  std::vector<std::string> sentences;
  const LastGeneration last = TRY(read_last_generation(root));
  if (last.damaged.empty()) return sentences;
  const auto directory = TRY(root.open_directory(generations_dir()));
  for (const DamagedRecord& record : last.damaged) {
    const std::string name = record_name(record.number);
    const std::string aside = fmt::format("{}{}", name, kDamaged);
    TRY(directory->rename(name, aside, host::RenameMode::replace));
    sentences.push_back(fmt::format("{}; it was put aside as {}, and generation {} is taken for the last",
                                    record.why, aside, last.generation.number));
  }
  TRY(directory->sync());
  return sentences;
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
  TRY(records.remove_file(host::temporary_name(record_name(number))));
  return records.sync();
}

Result<std::vector<std::string>> put_aside(const host::Directory& root) {
  std::vector<std::string> names;
  const auto directory = TRY(root.open_directory_if_present(generations_dir()));
  if (directory == nullptr) return names;
  for (host::DirectoryEntry& entry : TRY(directory->list())) {
    if (entry.name.ends_with(kDamaged)) names.push_back(std::move(entry.name));
  }
  return names;
}

Result<> remove_generations(host::Directory& root, const std::vector<std::uint64_t>& numbers) {
  if (numbers.empty()) return {};
  const auto directory = TRY(root.open_directory(generations_dir()));
  for (const std::uint64_t number : numbers) TRY(directory->remove_file(record_name(number)));
  return directory->sync();
}

Result<> discard_draft(host::Directory& root, std::uint64_t number) {
  const auto directory = TRY(root.open_directory_if_present(generations_dir()));
  return directory == nullptr ? Result<>()
                              : directory->remove_file(host::temporary_name(record_name(number)));
}

}  // namespace addon::executor
