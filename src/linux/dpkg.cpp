// Debian's package database. dpkg-query(1), dpkg(1), deb-version(7).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.hpp"
#include "linux/package_databases.hpp"
#include "linux/package_tool.hpp"

namespace addon::linux {

namespace {

constexpr const char* dpkg_query = "/usr/bin/dpkg-query";
constexpr const char* dpkg = "/usr/bin/dpkg";
constexpr std::array<std::pair<std::string_view, const char*>, 5> dpkg_comparisons = {
    {{">=", "ge"}, {"<=", "le"}, {"=", "eq"}, {">", "gt"}, {"<", "lt"}}};

/// What stands between tabs.
std::vector<std::string_view> tab_fields(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t end = line.find('\t'); end != std::string_view::npos; end = line.find('\t')) {
    fields.push_back(line.substr(0, end));
    line.remove_prefix(end + 1);
  }
  fields.push_back(line);
  return fields;
}

// Behind the path of a file that another package's diversion moved away stands a line that says so.
std::vector<std::string> listed_files(std::string_view text) {
  std::vector<std::string> files;
  for (std::string& line : lines_of(text)) {
    if (line.starts_with('/')) {
      files.push_back(std::move(line));
    } else if (!files.empty() && (line.starts_with("diverted by") || line.starts_with("locally diverted"))) {
      files.pop_back();
    }
  }
  return files;
}

class Dpkg final : public host::PackageDatabase {
 public:
  Dpkg(const host::Directory& root, std::string root_path, host::ProgramRunner& programs)
      : root_(root), root_path_(std::move(root_path)), programs_(programs) {}

  std::string_view name() const override { return "dpkg"; }

  Result<std::optional<host::DatabasePackage>> find(const std::string& package) override {
    if (package.size() < 2 || !is_word(package, kLowerAndDigits, "+-.")) return std::nullopt;
    if (!stands(root_, "var/lib/dpkg/status")) return std::nullopt;
    const host::ProgramEnd end = TRY(ask(
        programs_,
        query({"--show", "--showformat=${binary:Package}\\t${db:Status-Status}\\t${Version}\\n", package})));
    // 1: it knows no such package.
    if (end.status == 1) return std::nullopt;
    if (end.status != 0) return tl::unexpected(refused(dpkg_query, end));
    std::optional<host::DatabasePackage> found;
    for (const std::string& line : lines_of(end.output)) {
      const std::vector<std::string_view> fields = tab_fields(line);
      if (fields.size() != 3)
        return tl::unexpected(Error(fmt::format("{} says {}", dpkg_query, quoted(line))));
      // Of several architectures the first that is installed counts.
      if (found && (found->is_installed() || fields[1] != "installed")) continue;
      found = host::DatabasePackage{std::string(fields[1]), std::string(fields[2]), {}};
      if (found->is_installed()) found->files = TRY(files_of(std::string(fields[0])));
    }
    return found;
  }

  Result<bool> meets(const std::string& version, std::string_view comparison,
                     const std::string& bound) override {
    const auto* how = std::find_if(dpkg_comparisons.begin(), dpkg_comparisons.end(),
                                   [&](const auto& one) { return one.first == comparison; });
    constexpr std::string_view more = ".+-~:";
    if (how == dpkg_comparisons.end() || !is_word(bound, kAlphanumeric, more) ||
        !is_word(version, kAlphanumeric, more)) {
      return tl::unexpected(no_version(bound));
    }
    const host::ProgramEnd valid = TRY(ask(programs_, {dpkg, "--validate-version", bound}));
    if (valid.status != 0) return tl::unexpected(no_version(bound));
    const host::ProgramEnd end =
        TRY(ask(programs_, {dpkg, "--compare-versions", version, how->second, bound}));
    if (end.status > 1) return tl::unexpected(refused(dpkg, end));
    return end.status == 0;
  }

 private:
  static Error no_version(const std::string& bound) {
    return Error(fmt::format("{} is no version of a Debian package", quoted(bound)), ErrorKind::invalid);
  }

  std::vector<std::string> query(std::vector<std::string> arguments) const {
    std::vector<std::string> words = {dpkg_query};
    if (root_path_ != "/") words.push_back("--root=" + root_path_);
    std::move(arguments.begin(), arguments.end(), std::back_inserter(words));
    return words;
  }

  Result<std::vector<std::string>> files_of(const std::string& package) {
    const host::ProgramEnd end = TRY(ask(programs_, query({"--listfiles", package})));
    if (end.status != 0) return tl::unexpected(refused(dpkg_query, end));
    return listed_files(end.output);
  }

  const host::Directory& root_;
  std::string root_path_;
  host::ProgramRunner& programs_;
};

}  // namespace

std::unique_ptr<host::PackageDatabase> make_dpkg(const host::Directory& root, std::string root_path,
                                                 host::ProgramRunner& programs) {
  if (!has_tool(dpkg_query) || !has_tool(dpkg)) return nullptr;
  return std::make_unique<Dpkg>(root, std::move(root_path), programs);
}

}  // namespace addon::linux
