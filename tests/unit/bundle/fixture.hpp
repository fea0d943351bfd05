#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.hpp"

namespace addon::bundle::test {

/// A bundle in a directory of its own that is gone at the end of the test. It begins with the
/// config.schema.json that every manifest names.
class Fixture {
 public:
  Fixture();
  ~Fixture();
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  const std::string& path() const { return path_; }
  std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }
  /// Writes a file, with the directories on the way.
  void write(std::string_view name, std::string_view text) const;

  /// Reads it as "SOURCE".
  ReadBundle read(Origin origin = Origin::bundle, const host::KnownDigests& known = {}) const;

 private:
  std::string path_;
};

/// A manifest of the add-on `probe` whose binary is `probe`, with further lines at its end.
std::string manifest_text(std::string_view supervision, std::string_view more = "");

/// A service that systemd would take.
inline constexpr std::string_view service =
    "[Service]\nUser=probe\nExecStart=/opt/addons/probe/current/"
    "probe\n[Install]\nWantedBy=multi-user.target\n";
inline constexpr std::string_view timer = "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n";

/// A whole bundle of one service, without a fault.
void write_service_bundle(const Fixture& fixture, std::string_view more = "");

/// "FILE:LINE RULE: MESSAGE" of each finding.
std::vector<std::string> shown(const ReadBundle& read);

}  // namespace addon::bundle::test
