#pragma once

#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/archive.hpp"
#include "bundle/bundle.hpp"
#include "fixture.hpp"
#include "linux/cage.hpp"

/// A process is caged by root only.
#define NEEDS_ROOT()                                 \
  if (geteuid() != 0) {                              \
    WARN("skipped: this test needs to run as root"); \
    return;                                          \
  }

namespace addon::service::test {

using Facts = std::vector<std::string>;

/// Everything that a finding says, a line each.
Facts facts(const std::vector<Finding>& findings);
/// Everything that a bundle was read as, but for identities and open directories: manifest and units field by
/// field in the form of wire.hpp.
Facts facts(const bundle::ReadBundle& read);

/// nobody, in whose name nothing else runs here, with little patience. SIGPIPE is ignored from now on.
linux::CageTerms terms();

/// A file in a fixture, open for reading.
std::unique_ptr<host::File> open(const bundle::test::Fixture& fixture, const std::string& name);
/// A new directory in a fixture to unpack to.
bundle::Unpacked make_into(const bundle::test::Fixture& fixture, const std::string& name);
/// Paths of all files below it, sorted.
std::vector<std::string> files_below(const std::string& path);

struct Text {
  std::string name;  ///< of its file
  std::string bytes;
};
/// Every directory of the examples, and of published manifests where they are at hand, with a manifest in it.
std::vector<std::string> bundle_directories();
/// Every manifest of these, and what fuzzers begin with: sound and broken ones.
std::vector<Text> manifest_texts();
/// The same of units, with those that tests/differential compares with systemd.
std::vector<Text> unit_texts();

}  // namespace addon::service::test
