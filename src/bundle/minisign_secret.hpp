#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "bundle/minisign.hpp"
#include "core/result.hpp"

namespace addon::bundle::minisign {

/// Overwrites text, so that no secret of it stays in memory.
void wipe(std::string& text);

/// A secret key that can sign. Its bytes are wiped when it goes.
class SecretKey {
 public:
  ~SecretKey();
  SecretKey(SecretKey&&) noexcept;
  SecretKey& operator=(SecretKey&&) noexcept;

  PublicKey public_key() const;
  /// The text of a signature file, which verifies(). The trusted comment must be text of one line that can
  /// be shown, of at most 8,000 bytes.
  Result<std::string> sign(const Blake2b::Value& digest, std::string_view trusted_comment) const;

 private:
  friend class SecretKeyFile;
  struct Bytes;
  explicit SecretKey(std::unique_ptr<Bytes> bytes);
  std::unique_ptr<Bytes> bytes_;
};

/// A file that minisign -G or -G -W writes for the secret key. Wiped when it goes.
class SecretKeyFile {
 public:
  ~SecretKeyFile();
  SecretKeyFile(SecretKeyFile&&) noexcept;
  SecretKeyFile& operator=(SecretKeyFile&&) noexcept;

  /// Errors: kind invalid; they do not say what stands in the file.
  static Result<SecretKeyFile> parse(std::string_view text);
  bool is_encrypted() const;
  /// The key in it. For an encrypted one scrypt runs with the file's own limits, by minisign's defaults for
  /// seconds and in 1 GiB; the password of one that is not encrypted is ignored. An error (kind invalid) for
  /// a wrong password or a damaged key.
  Result<SecretKey> unlock(std::string_view password) const;

 private:
  struct Packed;
  explicit SecretKeyFile(std::unique_ptr<Packed> packed);
  std::unique_ptr<Packed> packed_;
};

}  // namespace addon::bundle::minisign
