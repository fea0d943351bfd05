// RPM's package database. rpm(8), rpm-version(7), rpm-lua(7).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.hpp"
#include "linux/package_databases.hpp"
#include "linux/package_tool.hpp"

namespace addon::linux {

namespace {

constexpr const char* rpm = "/usr/bin/rpm";
// Where it is now, and where it was: named, since a distribution that only brings the tool may look
// elsewhere.
constexpr std::array<std::string_view, 2> databases = {"usr/lib/sysimage/rpm", "var/lib/rpm"};
constexpr std::array<std::string_view, 3> formats = {"rpmdb.sqlite", "Packages.db", "Packages"};
// Neither a quote nor a percent sign: what it asks for becomes part of a macro.
constexpr std::string_view version_marks = ".+~^_";

/// [EPOCH:]VERSION[-RELEASE]
struct Evr {
  std::string epoch = "0";
  std::string version;
  std::string release;  ///< "": any
};

std::optional<Evr> parse_evr(std::string_view text) {
  Evr evr;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    evr.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
    if (!is_word(evr.epoch, kDigits, "") || evr.epoch.size() > 9) return std::nullopt;
  }
  if (const auto dash = text.rfind('-'); dash != std::string_view::npos) {
    evr.release = text.substr(dash + 1);
    text = text.substr(0, dash);
    if (!is_word(evr.release, kAlphanumeric, version_marks)) return std::nullopt;
  }
  evr.version = text;
  if (!is_word(evr.version, kAlphanumeric, version_marks)) return std::nullopt;
  return evr;
}

bool is_met(int order, std::string_view comparison) {
  if (comparison == ">=") return order >= 0;
  if (comparison == "<=") return order <= 0;
  if (comparison == ">") return order > 0;
  if (comparison == "<") return order < 0;
  return order == 0;
}

class Rpm final : public host::PackageDatabase {
 public:
  Rpm(const host::Directory& root, std::string root_path, host::ProgramRunner& programs)
      : root_(root), root_path_(std::move(root_path)), programs_(programs) {}

  std::string_view name() const override { return "rpm"; }

  Result<std::optional<host::DatabasePackage>> find(const std::string& package) override {
    if (!is_word(package, kAlphanumeric, "+-._")) return std::nullopt;
    const std::string database = database_path();
    if (database.empty()) return std::nullopt;
    const host::ProgramEnd end =
        TRY(ask(programs_, query(database, {"--queryformat", "%{NAME}\\t%{EVR}\\n", package})));
    // It says so on its standard output, and exits with the number of packages that it does not know.
    if (end.status == 1 && end.output.find("is not installed") != std::string::npos) return std::nullopt;
    if (end.status != 0) return tl::unexpected(refused(rpm, end));
    for (const std::string& line : lines_of(end.output)) {
      const auto tab = line.find('\t');
      // "foo-1.2" is also what it calls version 1.2 of foo.
      if (tab == std::string::npos || line.substr(0, tab) != package) continue;
      host::DatabasePackage found{"installed", line.substr(tab + 1), {}};
      found.files = TRY(files_of(database, package));
      return found;
    }
    return std::nullopt;
  }

  // As rpm compares what a package requires with what another provides: a release that is not asked about
  // does not count.
  Result<bool> meets(const std::string& version, std::string_view comparison,
                     const std::string& bound) override {
    const auto have = parse_evr(version);
    const auto want = parse_evr(bound);
    if (!have || !want) {
      return tl::unexpected(
          Error(fmt::format("{} is no version of an RPM package", quoted(bound)), ErrorKind::invalid));
    }
    int order = TRY(compare(have->epoch, want->epoch));
    if (order == 0) order = TRY(compare(have->version, want->version));
    if (order == 0 && !want->release.empty()) order = TRY(compare(have->release, want->release));
    return is_met(order, comparison);
  }

 private:
  // Part by part: before rpm 4.16 its function knew of no other way.
  Result<int> compare(const std::string& a, const std::string& b) {
    if (a == b) return 0;
    const host::ProgramEnd end =
        TRY(ask(programs_, {rpm, "--eval", fmt::format(R"(%{{lua:print(rpm.vercmp("{}", "{}"))}})", a, b)}));
    const std::string_view said = trim(end.output);
    if (end.status == 0 && (said == "-1" || said == "0" || said == "1")) {
      return said == "-1" ? -1 : said == "1" ? 1 : 0;
    }
    return tl::unexpected(refused(rpm, end).with_context(fmt::format("cannot compare {} with {}", a, b)));
  }

  /// "/var/lib/rpm"; "" where the host has none. Asked for one that is absent, rpm would make it.
  std::string database_path() const {
    for (const std::string_view directory : databases) {
      for (const std::string_view format : formats) {
        if (stands(root_, fmt::format("{}/{}", directory, format))) return fmt::format("/{}", directory);
      }
    }
    return "";
  }

  std::vector<std::string> query(const std::string& database, std::vector<std::string> arguments) const {
    std::vector<std::string> words = {rpm, "--query", "--dbpath", database};
    if (root_path_ != "/") {
      words.emplace_back("--root");
      words.push_back(root_path_);
    }
    std::move(arguments.begin(), arguments.end(), std::back_inserter(words));
    return words;
  }

  Result<std::vector<std::string>> files_of(const std::string& database, const std::string& package) {
    const host::ProgramEnd end = TRY(ask(programs_, query(database, {"--list", package})));
    if (end.status != 0) return tl::unexpected(refused(rpm, end));
    std::vector<std::string> files = lines_of(end.output);
    std::erase_if(files, [](const std::string& line) { return !line.starts_with('/'); });
    return files;
  }

  const host::Directory& root_;
  std::string root_path_;
  host::ProgramRunner& programs_;
};

}  // namespace

std::unique_ptr<host::PackageDatabase> make_rpm(const host::Directory& root, std::string root_path,
                                                host::ProgramRunner& programs) {
  if (!has_tool(rpm)) return nullptr;
  return std::make_unique<Rpm>(root, std::move(root_path), programs);
}

}  // namespace addon::linux
