#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "cli/commands/bundle_parts.hpp"
#include "cli/read_bundle.hpp"
#include "core/text.hpp"
#include "manifest/manifest.hpp"

namespace addon::cli {

namespace {

Json to_json(const bundle::Bundle& bundle) {
  const manifest::Manifest& manifest = bundle.manifest;
  Json files = Json::array();
  for (const bundle::BundleFile& file : bundle.files) {
    files.push_back({{"path", file.path.str()},
                     {"sha256", file.sha256.hex()},
                     {"size", file.size},
                     {"mode", fmt::format("{:04o}", file.mode)}});
  }
  Json units = Json::array();
  for (const bundle::BundleUnit& unit : bundle.units) units.push_back(unit.name.str());
  Json archive = nullptr;
  if (bundle.archive) archive = {{"sha256", bundle.archive->sha256.hex()}, {"size", bundle.archive->size}};
  return {{"source", bundle.source},
          {"id", manifest.id.value.str()},
          {"name", manifest.name},
          {"version", manifest.version.value.str()},
          {"delivery", to_string(manifest.delivery.value)},
          {"supervision", to_string(manifest.supervision.value)},
          {"run_as", text_or_null(manifest.run_as.value)},
          {"capabilities", manifest.capability_set().names()},
          {"units", std::move(units)},
          {"primary", bundle.primary ? Json(bundle.primary->str()) : Json(nullptr)},
          {"archive", std::move(archive)},
          {"files", std::move(files)}};
}

std::string or_none(const std::string& text) { return text.empty() ? "(none)" : printable(text); }

std::string render_facts(const bundle::Bundle& bundle) {
  const manifest::Manifest& manifest = bundle.manifest;
  std::vector<std::string> units;
  for (const bundle::BundleUnit& unit : bundle.units) units.push_back(unit.name.str());
  std::string out = fmt::format("{} {}  {}\n", manifest.id.value.str(), manifest.version.value.str(),
                                printable(manifest.name));
  out += fmt::format("  delivery      {}, {}\n", to_string(manifest.delivery.value),
                     to_string(manifest.supervision.value));
  out += fmt::format("  runs as       {}\n", or_none(manifest.run_as.value));
  out += fmt::format("  capabilities  {}\n", or_none(join(manifest.capability_set().names(), ", ")));
  out += fmt::format("  units         {}\n", or_none(join(units, ", ")));
  if (bundle.primary) out += fmt::format("  primary       {}\n", bundle.primary->str());
  if (bundle.archive) {
    out += fmt::format("  archive       {}, sha256 {}\n", size_text(bundle.archive->size),
                       bundle.archive->sha256.hex());
  }
  return out;
}

std::string render_files(const bundle::Bundle& bundle) {
  std::string out;
  for (const bundle::BundleFile& file : bundle.files) {
    out += fmt::format("  {} {:04o} {:>11}  {}\n", file.sha256.hex(), file.mode, file.size,
                       printable(file.path.str()));
  }
  return out;
}

}  // namespace

Report inspect_bundle(const Context& context, const Arguments& arguments) {
  const auto read = read_whole(context, arguments.operands.front());
  if (!read) return failed(read.error());
  Report report;
  report.findings = read->findings;
  report.exit = exit_code(report.findings);
  if (!read->bundle) return report;
  report.body["bundle"] = to_json(*read->bundle);
  context.console.result(render_facts(*read->bundle) + render_files(*read->bundle));
  return report;
}

}  // namespace addon::cli
