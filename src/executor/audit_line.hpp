#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/digest.hpp"
#include "core/json.hpp"
#include "core/result.hpp"

namespace addon::executor {

/// Where a chain of lines ends: number and hash of its last line; 0 and Digest{} before the first.
struct AuditLink {
  std::uint64_t seq = 0;
  Digest hash;

  bool operator==(const AuditLink&) const = default;
};

/// One line of the audit log without its line feed: canonical JSON (RFC 8785) of the record with "seq",
/// "prev", the hash of the line before, and "hash", the SHA-256 of the canonical JSON of everything else in
/// the line.
struct AuditLine {  // NOLINT(bugprone-exception-escape): Json moves without an exception
  AuditLink link;
  Digest prev;
  Json record;  ///< without "hash"

  static AuditLine after(const AuditLink& before, Json record);
  /// Error: what is wrong with it, a phrase. A line whose own hash does not fit was changed.
  static Result<AuditLine> parse(std::string_view text);
  std::string text() const;
};

/// Lines in a file: line N is the first of its file where (N - 1) is a multiple of it.
inline constexpr std::uint64_t kAuditLinesInFile = 1000;

/// audit.head, the end of the log: what tells that lines at its end are missing.
std::string head_text(const AuditLink& link);
Result<AuditLink> parse_head(std::string_view text);

}  // namespace addon::executor
