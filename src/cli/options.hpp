#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace addon::cli {

enum class Format { text, json, sarif, junit, github, markdown };
enum class ColourMode { automatic, always, never };
enum class Verbosity { quiet, normal, verbose };

/// What holds for every verb, wherever on the command line it stands.
struct GlobalOptions {
  std::string root;  ///< --root; "" is the running system
  Format format = Format::text;
  ColourMode colour = ColourMode::automatic;
  Verbosity verbosity = Verbosity::normal;
  std::vector<std::string> policy_files;  ///< --policy; instead of the host's own policy
};

enum class Consent { ask, given };

/// What stands after a verb. Each verb declares those that it knows; the others keep their value.
struct Arguments {
  std::vector<std::string> operands;
  std::string output;  ///< -o
  bool prune = false;
  bool purge = false;
  bool detailed_exitcode = false;
  bool allow_downgrade = false;
  Consent consent = Consent::ask;     ///< --yes
  std::optional<std::string> agreed;  ///< the digest of the plan that was shown, where another call showed it
  std::optional<std::string> source;
  std::optional<std::uint64_t> to;    ///< --to
  std::uint64_t keep = 5;             ///< --keep
  std::chrono::milliseconds wait{0};  ///< --wait
  std::string fail_on;                ///< --fail-on; "" is error
  std::string baseline;               ///< --baseline
  std::string write_baseline;         ///< --write-baseline
  bool no_ignore = false;             ///< --no-ignore
  bool force = false;                 ///< --force
  std::vector<std::string> keys;      ///< --key
};

}  // namespace addon::cli
