#include <fmt/format.h>

#include <cstdint>
#include <numeric>
#include <utility>

#include "cli/commands/bundle_parts.hpp"
#include "cli/read_bundle.hpp"
#include "cli/session.hpp"
#include "cli/terminal.hpp"
#include "cli/trusted_keys.hpp"
#include "core/text.hpp"
#include "plan/signer_json.hpp"

namespace addon::cli {

namespace {
std::uint64_t size_of(const bundle::Bundle& bundle) {
  return std::accumulate(bundle.files.begin(), bundle.files.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const bundle::BundleFile& file) { return sum + file.size; });
}

/// By --key, or else by the host's.
Result<std::vector<bundle::TrustedKey>> keys_for(const Context& context, const Arguments& arguments) {
  if (!arguments.keys.empty()) return read_key_files(arguments.keys);
  return TRY(load_trusted_keys(root_path(context.options), PolicyTrust::root_only)).keys;
}

/// What is wrong with its signature; that it has none, where whoever asks expects one.
Result<std::vector<Finding>> check_signature(const Context& context, const Arguments& arguments,
                                             bundle::Bundle& bundle) {
  const auto keys = TRY(keys_for(context, arguments));
  std::vector<Finding> findings = bundle::verify_signature(bundle, keys);
  if (!bundle.signature && !arguments.keys.empty()) {
    const std::string beside = bundle.archive ? arguments.operands.front() : bundle.manifest.file;
    findings.push_back(
        make_finding(rules::signature_missing, "the bundle has no signature", {beside + ".minisig", 0, 0}));
    findings.back().fix = "sign it with addonctl bundle sign, or get the signature from whoever made it";
  }
  for (Finding& finding : findings) finding.addon = bundle.manifest.id.value.str();
  return findings;
}

std::string signed_by(const bundle::Bundle& bundle) {
  if (!bundle.signer) return "not signed";
  return one_line(fmt::format("signed by {} ({}): {}", bundle.signer->key, bundle.signer->key_id,
                              bundle.signer->trusted_comment));
}
}  // namespace

Report verify_bundle(const Context& context, const Arguments& arguments) {
  auto read = read_whole(context, arguments.operands.front());
  if (!read) return failed(read.error());
  Report report;
  report.findings = read->findings;
  report.exit = exit_code(report.findings);
  if (!read->bundle || report.exit != kExitDone) return report;
  bundle::Bundle& bundle = *read->bundle;
  auto refused = check_signature(context, arguments, bundle);
  if (!refused) return failed(refused.error());
  report.findings.insert(report.findings.end(), refused->begin(), refused->end());
  report.exit = exit_code(report.findings);
  if (report.exit != kExitDone) return report;
  report.body["bundle"] = {{"id", bundle.manifest.id.value.str()},
                           {"version", bundle.manifest.version.value.str()},
                           {"files", bundle.files.size()},
                           {"size", size_of(bundle)}};
  report.body["bundle"]["signer"] = bundle.signer ? plan::to_json(*bundle.signer) : Json(nullptr);
  if (bundle.archive) report.body["bundle"]["sha256"] = bundle.archive->sha256.hex();
  report.conclusion = fmt::format("{} {} is sound: {} files, {}; {}.", bundle.manifest.id.value.str(),
                                  bundle.manifest.version.value.str(), bundle.files.size(),
                                  size_text(size_of(bundle)), signed_by(bundle));
  return report;
}

}  // namespace addon::cli
