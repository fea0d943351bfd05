#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The lines that files of minisign are made of; for minisign*.cpp only.
namespace addon::bundle::minisign {

inline constexpr std::string_view kUntrusted = "untrusted comment: ";
inline constexpr std::string_view kTrusted = "trusted comment: ";
// As minisign's own limits, prefix included.
inline constexpr std::size_t kMaxComment = 1024;
inline constexpr std::size_t kMaxTrustedComment = 8192;

/// Makes libsodium ready; once is enough, and more often does no harm.
void prepare_sodium();

/// The bytes that text stands for in base64, of which there must be exactly bytes.size(). False for any
/// other text, also one that stands for the same bytes but is not what an encoder writes.
bool decode(std::string_view text, std::span<std::uint8_t> bytes);
std::string encode(std::span<const std::uint8_t> bytes);

/// The lines of a text that consists of exactly `count`, each with its newline; nothing for any other text.
std::optional<std::vector<std::string_view>> lines_of(std::string_view text, std::size_t count);

/// Whether a line is a comment: begins with the prefix, holds nothing that cannot be shown (a tab may stand
/// in it), and is not too long.
bool is_comment(std::string_view line, std::string_view prefix, std::size_t limit);

}  // namespace addon::bundle::minisign
