#include "facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "linux/directory.hpp"
#include "service/wire_manifest.hpp"
#include "service/wire_unit.hpp"

namespace addon::service::test {

namespace fs = std::filesystem;

Facts facts(const std::vector<Finding>& findings) {
  Facts lines;
  for (const Finding& finding : findings) {
    lines.push_back(fmt::format("{} {} {} {} | {} | {} | {} | {}", to_string(finding.at), finding.rule->id,
                                to_string(finding.severity), finding.message, finding.pointer, finding.addon,
                                finding.fix, finding.policy ? "policy" : ""));
  }
  return lines;
}

namespace {

std::string digits(const Blake2b::Value& value) {
  std::string text;
  for (const std::uint8_t byte : value) text += fmt::format("{:02x}", byte);
  return text;
}

void add_bundle(Facts& lines, const bundle::Bundle& bundle) {
  lines.push_back(fmt::format("bundle {} {}", bundle.source, bundle.manifest_sha256.hex()));
  lines.push_back(to_wire(manifest::ParsedManifest{bundle.manifest, {}}));
  lines.push_back(bundle.manifest_text);
  for (const bundle::BundleFile& file : bundle.files)
    lines.push_back(
        fmt::format("file {} {} {} {:o}", file.path.str(), file.sha256.hex(), file.size, file.mode));
  for (const bundle::BundleUnit& unit : bundle.units) {
    lines.push_back(fmt::format("unit {} {} {} {} {}", unit.name.str(), unit.sha256.hex(), unit.size,
                                to_string(unit.asked_at), unit.packaged_at));
    lines.push_back(to_wire(bundle::AnalyzedUnit{unit.privileges, unit.install, unit.directives, {}}));
  }
  lines.push_back(fmt::format("primary {}, machine {}", bundle.primary ? bundle.primary->str() : "",
                              std::string(bundle.machine)));
  if (bundle.archive) {
    lines.push_back(fmt::format("archive {} {} {}", bundle.archive->sha256.hex(), bundle.archive->size,
                                digits(bundle.archive->blake2b512)));
  }
  lines.push_back(bundle::digest_list(bundle.listing));
  if (bundle.signature) {
    lines.push_back(fmt::format("signature {} {} {}", bundle.signature->file,
                                digits(bundle.signature->digest), bundle.signature->text));
  }
}

}  // namespace

Facts facts(const bundle::ReadBundle& read) {
  Facts lines = facts(read.findings);
  if (read.bundle) add_bundle(lines, *read.bundle);
  return lines;
}

linux::CageTerms terms() {
  signal(SIGPIPE, SIG_IGN);
  linux::CageTerms terms;
  terms.idle = std::chrono::seconds(20);
  return terms;
}

std::unique_ptr<host::File> open(const bundle::test::Fixture& fixture, const std::string& name) {
  auto file = linux::open_file_path(fixture.path(name));
  REQUIRE(file);
  return std::move(*file);
}

bundle::Unpacked make_into(const bundle::test::Fixture& fixture, const std::string& name) {
  fs::create_directory(fixture.path(name));
  std::shared_ptr<host::Directory> parent = std::move(*linux::open_directory_path(fixture.path()));
  std::shared_ptr<host::Directory> directory = std::move(*linux::open_directory_path(fixture.path(name)));
  return {std::move(parent), name, std::move(directory)};
}

std::vector<std::string> files_below(const std::string& path) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (!entry.is_directory()) files.push_back(fs::relative(entry.path(), path).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

namespace {

std::string read_text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Each regular file below them that `is_wanted` by its name.
std::vector<fs::path> find_files(const std::vector<fs::path>& tops,
                                 const std::function<bool(const std::string&)>& is_wanted) {
  std::set<fs::path> found;
  for (const fs::path& top : tops) {
    if (!fs::exists(top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(top)) {
      if (fs::is_regular_file(entry.symlink_status()) && is_wanted(entry.path().filename().string()))
        found.insert(entry.path());
    }
  }
  return {found.begin(), found.end()};
}

std::vector<fs::path> samples() {
  const char* published = std::getenv("ADDONCTL_UPSTREAM");
  return {fs::path(ADDON_SOURCE_DIR) / "examples", fs::path(published == nullptr ? "/nowhere" : published)};
}

bool is_manifest(const std::string& name) { return name == "addon.yaml" || name.ends_with(".addon.yaml"); }
bool is_any(const std::string& /*name*/) { return true; }

std::vector<Text> read_texts(const std::vector<fs::path>& files) {
  std::vector<Text> texts;
  for (const fs::path& file : files) texts.push_back({file.filename().string(), read_text(file)});
  return texts;
}

}  // namespace

std::vector<std::string> bundle_directories() {
  std::set<std::string> found;
  for (const fs::path& file : find_files(samples(), is_manifest)) found.insert(file.parent_path().string());
  return {found.begin(), found.end()};
}

std::vector<Text> manifest_texts() {
  std::vector<Text> texts = read_texts(find_files(samples(), is_manifest));
  for (const char* corpus : {"document", "policy"}) {
    for (Text& text :
         read_texts(find_files({fs::path(ADDON_SOURCE_DIR) / "tests" / "fuzz" / "corpus" / corpus}, is_any)))
      texts.push_back(std::move(text));
  }
  return texts;
}

std::vector<Text> unit_texts() {
  std::vector<fs::path> tops = samples();
  tops.push_back(fs::path(ADDON_SOURCE_DIR) / "tests" / "differential" / "units");
  std::vector<Text> texts =
      read_texts(find_files(tops, [](const std::string& name) { return UnitName::parse(name).has_value(); }));
  for (Text& text :
       read_texts(find_files({fs::path(ADDON_SOURCE_DIR) / "tests" / "fuzz" / "corpus" / "unit"}, is_any)))
    texts.push_back({"probe.service", std::move(text.bytes)});
  return texts;
}

}  // namespace addon::service::test
