#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bundle/minisign.hpp"
#include "cli/commands/bundle_parts.hpp"
#include "cli/read_bundle.hpp"
#include "core/text.hpp"
#include "manifest/manifest.hpp"

namespace addon::cli {

namespace {

/// What a signature says of itself; nobody has verified it.
struct Claim {
  std::string key_id{};
  std::string trusted_comment{};
  std::string problem{};  ///< why it cannot be read
};

std::optional<Claim> claim_of(const bundle::Bundle& bundle) {
  if (!bundle.signature) return std::nullopt;
  const auto parsed = bundle::minisign::parse_signature(bundle.signature->text, bundle.signature->file);
  if (parsed) return Claim{.key_id = parsed->key.hex(), .trusted_comment = parsed->trusted_comment};
  const std::vector<Finding>& findings = parsed.error().findings();
  return Claim{.problem = findings.empty() ? parsed.error().message() : findings.front().message};
}

Json claim_json(const std::optional<Claim>& claim) {
  if (!claim) return nullptr;
  return {{"key_id", text_or_null(claim->key_id)},
          {"trusted_comment", claim->problem.empty() ? Json(claim->trusted_comment) : Json(nullptr)},
          {"problem", text_or_null(claim->problem)},
          {"verified", false}};
}

std::string claim_text(const Claim& claim) {
  if (!claim.problem.empty())
    return fmt::format("  signature     unreadable: {}\n", printable(claim.problem));
  return fmt::format("  signature     not verified; says it is by key {}\n                {}\n", claim.key_id,
                     printable(claim.trusted_comment));
}

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
          {"signature", claim_json(claim_of(bundle))},
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
  if (const auto claim = claim_of(bundle)) out += claim_text(*claim);
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
