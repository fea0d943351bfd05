#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/finding.hpp"

/// Each program of this folder has one of these: it looks at one input, and ends the program where something
/// does not hold that should, whatever the input is. libFuzzer calls it, or replay.cpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace addon::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program, saying what does not hold.
[[noreturn]] void violated(std::string_view what, std::string_view detail);

inline void must(bool holds, std::string_view what, std::string_view detail = {}) {
  if (!holds) violated(what, detail);
}

/// Whether a finding must say where in the text it stands.
enum class Place { needed, optional };

/// Each has a rule and a message, and stands within the text or, where that is optional, nowhere.
void check_findings(const std::vector<Finding>& findings, std::string_view text, Place place);
void check_place(const SourceSpan& at, std::string_view text, Place place);

/// An error says something; one that input is invalid points at it where `place` says so.
void check_error(const Error& error, std::string_view text, Place place);

/// All of them in words, to be compared.
std::string words_of(const std::vector<Finding>& findings);
std::string words_of(const Error& error);

}  // namespace addon::fuzz
