#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "bundle/archive.hpp"
#include "bundle/pack.hpp"
#include "cli/bundle_sources.hpp"
#include "cli/commands/bundle_parts.hpp"
#include "cli/output_file.hpp"
#include "cli/read_bundle.hpp"
#include "core/text.hpp"
#include "linux/directory.hpp"

namespace addon::cli {

namespace {

std::optional<bundle::Packing> packing_of(std::string_view file) {
  if (file.ends_with(".tar.zst")) return bundle::Packing::zstd;
  if (file.ends_with(".tar.gz") || file.ends_with(".tgz")) return bundle::Packing::gzip;
  return std::nullopt;
}

std::string file_for(const bundle::Bundle& bundle, const Arguments& arguments) {
  if (!arguments.output.empty()) return arguments.output;
  return fmt::format("{}-{}.tar.zst", bundle.manifest.id.value.str(), bundle.manifest.version.value.str());
}

// What was written is what everybody else will read.
Result<bundle::ReadBundle> read_back(const OutputFile& output, const std::string& name) {
  const auto file = TRY(linux::open_file_path(output.temporary_path()));
  return bundle::read_archive(*file, name, {});
}

Result<bundle::ReadBundle> write_archive(const bundle::Bundle& bundle, bundle::Packing packing,
                                         const std::string& file, OutputFile::Existing existing) {
  OutputFile output = TRY(OutputFile::create(file, existing));
  TRY(bundle::pack(bundle, packing,
                   [&output](std::span<const std::byte> bytes) { return output.write(bytes); }));
  bundle::ReadBundle written = TRY(read_back(output, file));
  if (written.bundle) TRY(output.keep());
  return written;
}

Report built(const bundle::Bundle& bundle, const std::string& file, Report report) {
  report.body["archive"] = {
      {"path", file}, {"sha256", bundle.archive->sha256.hex()}, {"size", bundle.archive->size}};
  report.body["files"] = bundle.files.size();
  report.conclusion = fmt::format("{}: {} files, {}, sha256 {}", printable(file), bundle.files.size(),
                                  size_text(bundle.archive->size), bundle.archive->sha256.hex());
  return report;
}

}  // namespace

Report build_bundle(const Context& context, const Arguments& arguments) {
  const std::string usage = "run addonctl bundle --help for its usage";
  if (!arguments.output.empty() && !packing_of(arguments.output)) {
    return misused(fmt::format("{} ends in neither .tar.gz nor .tar.zst", quoted(arguments.output)), usage);
  }
  if (is_archive_file(arguments.operands.front())) {
    return misused(fmt::format("{} is an archive already", quoted(arguments.operands.front())), usage);
  }
  const auto read = read_whole(context, arguments.operands.front());
  if (!read) return failed(read.error());
  Report report;
  report.findings = read->findings;
  report.exit = exit_code(report.findings);
  if (report.exit != kExitDone || !read->bundle) return report;
  if (read->bundle->directory == nullptr || read->bundle->files.empty()) {
    return misused(fmt::format("{} has no files to pack", quoted(arguments.operands.front())), usage);
  }
  const std::string file = file_for(*read->bundle, arguments);
  const auto existing = arguments.force ? OutputFile::Existing::replaced : OutputFile::Existing::refused;
  const auto written =
      write_archive(*read->bundle, packing_of(file).value_or(bundle::Packing::zstd), file, existing);
  if (!written) return failed(written.error());
  if (!written->bundle) {
    report.findings = written->findings;
    report.exit = exit_code(report.findings);
    return report;
  }
  return built(*written->bundle, file, std::move(report));
}

}  // namespace addon::cli
