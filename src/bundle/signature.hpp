#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/minisign.hpp"
#include "core/digest.hpp"
#include "core/finding.hpp"
#include "core/path.hpp"
#include "core/result.hpp"

namespace addon::bundle {

struct Bundle;

/// A public key by which a site believes signatures.
struct TrustedKey {
  std::string name;  ///< as policy names it: the file's name without ".pub"
  minisign::PublicKey key;

  bool operator==(const TrustedKey&) const = default;
};

/// Reads a public key by that name. An error is one finding key-invalid in `file`.
Result<TrustedKey> read_key(std::string name, std::string_view text, const std::string& file);

/// Whether a name may stand for a key: one that policy can say and that cannot be mistaken for another.
bool is_key_name(std::string_view name);

/// Who vouches for a version of an add-on.
struct Signer {
  std::string key;     ///< the trusted key's name
  std::string key_id;  ///< as minisign shows it
  std::string trusted_comment;

  bool operator==(const Signer&) const = default;
};

/// The signature that came with a bundle, unverified, and what it must be one of.
struct BundleSignature {
  std::string file;  ///< as findings name it
  std::string text;
  Blake2b::Value digest{};  ///< of the digest list of a directory; of an archive's bytes
  /// What the text says, where somebody else than verify_signature() was to read it: read_signature().
  std::optional<Result<minisign::Signature>> read{};
};

/// A file that is signed, by its digest.
struct ListedFile {
  RelativePath path;
  Digest sha256;
};

/// What is signed of a directory: a line "SHA256  PATH" for each file but the signature, sorted by path
/// bytewise, as sha256sum(1) prints them.
std::string digest_list(const std::vector<ListedFile>& files);

/// "id:ID version:VERSION": what a trusted comment must say of the bundle, each once and among other words.
std::string required_comment(const Bundle& bundle);

/// Verifies the signature of a bundle, if there is one, and says so in bundle.signer. What it verifies are
/// the digests that the bundle was read with, which a plan is bound to and staging compares each byte with:
/// no other bytes can come to be installed, whatever happens to the bundle afterwards. Findings, one at
/// most: signature-malformed, signature-legacy, signature-unknown-key, signature-invalid,
/// signature-other-bundle.
std::vector<Finding> verify_signature(Bundle& bundle, std::span<const TrustedKey> keys);

/// Whether a key by that name and id is among them: what it vouched for once is believed as long as it is.
bool is_trusted(const Signer& signer, std::span<const TrustedKey> keys);

}  // namespace addon::bundle
