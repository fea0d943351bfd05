#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/audit.hpp"
#include "executor/layout.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

constexpr std::size_t kLargestLog = std::size_t{64} << 20;

// "audit.log.3" -> 3. Of other names nothing is known.
std::optional<std::uint64_t> number_of(std::string_view name) {
  if (!name.starts_with(kAuditLog) || name.size() < kAuditLog.size() + 2 || name[kAuditLog.size()] != '.') {
    return std::nullopt;
  }
  name.remove_prefix(kAuditLog.size() + 1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

Result<std::vector<std::string>> files_of(const host::Directory& directory) {
  std::vector<std::pair<std::uint64_t, std::string>> earlier;
  bool has_current = false;
  for (const host::DirectoryEntry& entry : TRY(directory.list())) {
    if (const auto number = number_of(entry.name)) earlier.emplace_back(*number, entry.name);
    has_current = has_current || entry.name == kAuditLog;
  }
  std::sort(earlier.begin(), earlier.end());
  std::vector<std::string> names;
  for (auto& [number, name] : earlier) names.push_back(std::move(name));
  if (has_current) names.emplace_back(kAuditLog);
  return names;
}

class Check {
 public:
  explicit Check(const host::Directory& directory) : directory_(directory) {}

  Result<AuditState> run() {
    const std::vector<std::string> names = TRY(files_of(directory_));
    for (const std::string& name : names) TRY(file(name));
    TRY(head(!names.empty()));
    return std::move(state_);
  }

 private:
  // The first break of the chain in each file: what follows may all come of it.
  Result<> file(const std::string& name) {
    const std::string text = TRY(directory_.read_file(RelativePath::of({name}), kLargestLog));
    std::uint64_t number = 0;
    std::optional<std::string> broken;
    for (std::string_view rest = text; !rest.empty();) {
      const auto end = rest.find('\n');
      // A crash may leave a line without its end, and the next run cuts it off.
      if (end == std::string_view::npos && name == kAuditLog) break;
      ++number;
      auto why = line(rest.substr(0, end));
      if (why && !broken) broken = fmt::format("{}/{}:{}: {}", directory_.path(), name, number, *why);
      rest.remove_prefix(std::min(rest.size(), end == std::string_view::npos ? end : end + 1));
    }
    if (broken) state_.problems.push_back(std::move(*broken));
    return {};
  }

  std::optional<std::string> line(std::string_view text) {
    const auto parsed = AuditLine::parse(text);
    ++state_.lines;
    if (!parsed) {
      end_ = AuditLink{end_ ? end_->seq + 1 : 1, Digest{}};
      follows_ = false;
      return "the line was changed: " + parsed.error().message();
    }
    std::optional<std::string> why = link(*parsed);
    end_ = parsed->link;
    follows_ = true;
    if (state_.first == 0) state_.first = parsed->link.seq;
    const auto outcome = plan::text_field(parsed->record, "outcome");
    const auto generation = plan::number_field(parsed->record, "generation");
    if (outcome && *outcome == "done" && generation) state_.last_generation = *generation;
    return why;
  }

  std::optional<std::string> link(const AuditLine& line) const {
    const std::uint64_t seq = line.link.seq;
    if (!end_) {
      if (seq == 1 ? line.prev == Digest{} : seq % kAuditLinesInFile == 1) return std::nullopt;
      return fmt::format("it is line {} of the log, and those before it are missing", seq);
    }
    if (seq > end_->seq + 1) {
      return fmt::format("it is line {} of the log and follows line {}: {} between them {} missing", seq,
                         end_->seq, seq - end_->seq - 1, seq - end_->seq == 2 ? "is" : "are");
    }
    if (seq <= end_->seq) {
      return fmt::format("it is line {} of the log and stands behind line {}", seq, end_->seq);
    }
    // Of a line that was changed the hash is not known, and it has been reported.
    if (follows_ && line.prev != end_->hash)
      return "the line before it is another one than when it was written";
    return std::nullopt;
  }

  Result<> head(bool has_log) {
    const bool is_there = TRY(directory_.stat(RelativePath::of({std::string(kAuditHead)}))).has_value();
    if (!has_log && !is_there) return {};
    const std::string path = fmt::format("{}/{}", directory_.path(), kAuditHead);
    if (!is_there) {
      state_.problems.push_back(
          fmt::format("{} is missing, so nothing tells whether the log has lost its end", path));
      return {};
    }
    const std::string text =
        TRY(directory_.read_file(RelativePath::of({std::string(kAuditHead)}), kLargestLog));
    const auto promised = parse_head(text);
    const AuditLink end = end_.value_or(AuditLink{});
    if (!promised) {
      state_.problems.push_back(fmt::format("{} cannot be read: {}", path, promised.error().message()));
    } else if (promised->seq > end.seq) {
      state_.problems.push_back(fmt::format("the audit log ends with line {}; {} says that there were {}",
                                            end.seq, path, promised->seq));
    } else if (promised->seq == end.seq && follows_ && promised->hash != end.hash) {
      state_.problems.push_back(
          fmt::format("line {} of the audit log, its last, is another one than {} says", end.seq, path));
    }
    return {};
  }

  const host::Directory& directory_;
  std::optional<AuditLink> end_;
  bool follows_ = true;  ///< the hash of the line before is known
  AuditState state_;
};

}  // namespace

Result<AuditState> check_audit(const host::Directory& root) {
  const auto directory = TRY(root.open_directory_if_present(state_dir()));
  return directory == nullptr ? Result<AuditState>(AuditState{}) : Check(*directory).run();
}

}  // namespace addon::executor
