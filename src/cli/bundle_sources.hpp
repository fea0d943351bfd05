#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bundle/limits.hpp"
#include "core/finding.hpp"
#include "core/result.hpp"
#include "executor/incoming.hpp"
#include "executor/prepare.hpp"
#include "host/platform.hpp"

namespace addon::cli {

/// A bundle by the two names it has: where it is for this process, and what plans call it.
struct SourceName {
  std::string path;
  std::string name;
};

/// Whether a name is one that only archives have: *.tar.gz, *.tgz, *.tar.zst.
bool has_archive_name(const std::string& path);
/// Whether a file is meant to be an archive: by its content, or else by its name.
bool is_archive_file(const std::string& path);

/// The bundle that an operand of plan or apply names: a directory, the directory of a manifest, or an
/// archive. With a plan file the name of a relative path is relative to that file's directory, so that both
/// can move together.
SourceName name_source(const std::string& operand, const std::string& plan_file);

/// Where a saved plan's bundle is: relative names from the plan's directory. With `below` each is
/// looked for there instead, by its own name if it is absolute or leads upwards.
SourceName locate_source(const std::string& name, const std::string& plan_file,
                         const std::optional<std::string>& below);

/// How archives are read.
struct Opening {
  const host::PlatformFacts& platform;  ///< whose artifact is wanted
  std::optional<std::string>
      artifacts_below{};                   ///< --source: where artifacts are, instead of beside the manifest
  executor::Incoming* incoming = nullptr;  ///< where they are unpacked; null: they are only read
  std::uint64_t write_limit = bundle::kMaxBundleBytes;
  const std::atomic<bool>* interrupted = nullptr;
  const executor::Ports* told = nullptr;  ///< whose progress hears how far reading is; null: nobody
};

/// Opens each; of an archive, and of an artifact of a manifest that has some and whose program is not beside
/// it, that is reading it whole. An error has a finding bundle-unreadable for every one that cannot be
/// opened; it is of kind rolled_back, without a finding, where one cannot be unpacked here: nothing was
/// changed.
Result<std::vector<executor::BundleSource>> open_sources(const std::vector<SourceName>& sources,
                                                         const Opening& opening);

/// Makes findings name files by where they are for this process.
void show_paths(std::vector<Finding>& findings, const std::vector<SourceName>& sources);

}  // namespace addon::cli
