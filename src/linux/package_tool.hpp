#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "host/directory.hpp"
#include "host/program_runner.hpp"

// What the package databases have in common: a tool is asked, and its lines are read.
namespace addon::linux {

/// Runs a tool that only reads. An error where it did not exit by itself, or wrote more than is believed.
Result<host::ProgramEnd> ask(host::ProgramRunner& programs, std::vector<std::string> words);

/// "/usr/bin/rpm exited with status 1: first line of what it said".
Error refused(const std::string& tool, const host::ProgramEnd& end);

/// The lines of a text, without their ends and without empty ones.
std::vector<std::string> lines_of(std::string_view text);

/// Whether the running system has the tool.
bool has_tool(const std::string& path);
/// Whether something stands at that path below root, with no symlink on the way.
bool stands(const host::Directory& root, std::string_view path);

/// Whether the text begins with one of the letters and digits and goes on with those or `more`.
bool is_word(std::string_view text, std::string_view first, std::string_view more);
inline constexpr std::string_view kDigits = "0123456789";
inline constexpr std::string_view kLowerAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
inline constexpr std::string_view kAlphanumeric =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

}  // namespace addon::linux
