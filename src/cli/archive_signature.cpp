#include "cli/archive_signature.hpp"

#include <cerrno>
#include <utility>

#include "cli/read_text.hpp"

namespace addon::cli {

void add_signature(bundle::ReadBundle& read, const std::string& path, const std::string& name) {
  if (!read.bundle || !read.bundle->archive) return;
  // One byte over the limit is enough for its parser to refuse it as too large.
  auto text = read_text(path + ".minisig", bundle::minisign::kMaxSignatureFile + 1);
  if (text) return attach_signature(read, std::move(*text), name + ".minisig");
  if (text.error().errno_value() == ENOENT) return;
  Finding finding = make_finding(rules::bundle_unreadable, text.error().message(), {name + ".minisig", 0, 0});
  finding.fix = "check that it is a file that you may read";
  read.findings.push_back(std::move(finding));
  read.bundle.reset();
}

void attach_signature(bundle::ReadBundle& read, std::string text, std::string name) {
  if (!read.bundle || !read.bundle->archive) return;
  read.bundle->signature =
      bundle::BundleSignature{std::move(name), std::move(text), read.bundle->archive->blake2b512};
}

}  // namespace addon::cli
