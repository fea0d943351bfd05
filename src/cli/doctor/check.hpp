#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.hpp"
#include "core/error.hpp"
#include "core/json.hpp"

namespace addon::cli::doctor {

enum class Standing {
  ok,
  warning,  ///< stops some applies, or nothing yet
  problem,  ///< stops an apply, or lets it judge by what is not so
  unknown   ///< could not be seen from here; the message says why
};

/// One thing that was looked at on this host.
struct Check {
  std::string_view name;  ///< "mounts": what is looked at; the same for all that is found about it
  Standing standing = Standing::ok;
  std::string message{};
  std::string fix{};  ///< what to do; "" where there is nothing
};
using Checks = std::vector<Check>;

Check ok(std::string_view name, std::string message);
Check warning(std::string_view name, std::string message, std::string fix);
Check problem(std::string_view name, std::string message, std::string fix);
Check unknown(std::string_view name, std::string why);
/// What a failed look says: a problem, or not known where it is this caller who may not look.
Check unseen(std::string_view name, const Error& error);
/// A message that ends in "; run COMMAND" says so in its fix, where it has no other.
Check split_advice(Check check);

void append(Checks& checks, Checks more);
std::size_t count(const Checks& checks, Standing standing);

/// One line each, aligned, with the fix beneath, within 80 columns where words allow it.
std::string render(const Checks& checks, const Palette& palette);
/// "Nothing stands in the way of an apply." or how many things do.
std::string conclusion(const Checks& checks);
/// {"checks": [{"check", "status", "message", "fix"}], "summary": {"ok", "warning", "problem", "unknown"}}
Json to_json(const Checks& checks);

}  // namespace addon::cli::doctor
