#include "executor/overrides.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "executor/layout.hpp"
#include "executor/trusted_text.hpp"
#include "manifest/override.hpp"

namespace addon::executor {

namespace {

// More than the parser accepts, so that it is the one to refuse what is too large.
constexpr std::size_t largest_override = std::size_t{2} << 20U;

std::vector<Finding> finished(std::vector<Finding> findings, const AddonId& id) {
  for (Finding& finding : findings) finding.addon = id.str();
  return findings;
}

// What root did not write says nothing; what cannot be read now may say anything.
Result<Overridden> not_believed(const Error& error, const std::string& file, const AddonId& id) {
  if (error.errno_value() != EPERM && error.errno_value() != ELOOP)
    return tl::unexpected(
        Error(error).with_context(fmt::format("cannot read the local override of {}", id.str())));
  Overridden out;
  out.findings.push_back(make_finding(rules::host_file_untrusted, error.message(), {file, 0, 0}));
  out.findings = finished(std::move(out.findings), id);
  return out;
}

Finding disabled_note(const bundle::Bundle& bundle, const SourceSpan& at) {
  Finding note = make_finding(rules::override_disabled,
                              fmt::format("{} is disabled on this host by {}:{}, so it is not activated",
                                          bundle.manifest.id.value.str(), at.file, at.line),
                              at, "/enabled");
  note.addon = bundle.manifest.id.value.str();
  note.fix = "remove that line, and apply again, to have it";
  return note;
}

}  // namespace

Result<Overridden> apply_local_override(bundle::Bundle& bundle, const host::Directory& root) {
  const AddonId id = bundle.manifest.id.value;
  const RelativePath path = overrides_dir() / (id.str() + ".yaml");
  const std::string file = (root.path() == "/" ? "" : root.path()) + "/" + path.str();
  const auto text = read_trusted_text(root, path, largest_override);
  if (!text) return not_believed(text.error(), file, id);
  if (!*text) return Overridden{};
  manifest::ParsedOverride parsed = manifest::parse_override(**text, file);
  Overridden out;
  out.findings = std::move(parsed.findings);
  if (parsed.local) {
    bundle.override_sha256 = Digest::of(**text);
    if (parsed.local->disabled_at) {
      out.is_disabled = true;
      out.findings.push_back(disabled_note(bundle, *parsed.local->disabled_at));
    }
    std::vector<Finding> more = manifest::apply_override(*parsed.local, bundle.manifest);
    std::move(more.begin(), more.end(), std::back_inserter(out.findings));
  }
  out.findings = finished(std::move(out.findings), id);
  return out;
}

}  // namespace addon::executor
