#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "bundle/minisign_secret.hpp"
#include "cli/bundle_sources.hpp"
#include "cli/commands/bundle_parts.hpp"
#include "cli/password.hpp"
#include "cli/read_text.hpp"
#include "cli/write_text.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {

/// Text that is wiped when it goes.
struct SecretText {
  explicit SecretText(std::string secret) : text(std::move(secret)) {}
  ~SecretText() { bundle::minisign::wipe(text); }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;

  std::string text;
};

Result<bundle::minisign::SecretKey> read_secret_key(const std::string& file) {
  const std::string cannot = fmt::format("cannot use the secret key {}", quoted(file));
  const SecretText text(TRY(read_text(file, bundle::minisign::kMaxKeyFile + 1)));
  const auto secret = TRY_CONTEXT(cannot, bundle::minisign::SecretKeyFile::parse(text.text));
  if (!secret.is_encrypted()) return TRY_CONTEXT(cannot, secret.unlock(""));
  const SecretText password(TRY(read_password("Password of " + printable(file) + ": ")));
  return TRY_CONTEXT(cannot, secret.unlock(password.text));
}

std::string trusted_comment(const bundle::Bundle& bundle) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return fmt::format("{} timestamp:{}", bundle::required_comment(bundle),
                     std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

struct Signed {
  std::string file;
  std::string key_id;
  std::string trusted_comment;
};

Result<Signed> sign(const Context& context, const std::string& path, const std::string& key_file,
                    const std::string& output) {
  const bundle::Bundle bundle = TRY(read_sound_bundle(context, path));
  if (bundle.archive && !is_archive_file(path)) {
    return tl::unexpected(Error(
        fmt::format("{} is a manifest of artifacts, each of which is signed by itself: name one of them",
                    printable(path)),
        ErrorKind::usage));
  }
  const auto key = TRY(read_secret_key(key_file));
  const auto digest =
      bundle.archive ? bundle.archive->blake2b512 : Blake2b::of(bundle::digest_list(bundle.listing));
  const std::string beside = bundle.archive ? path : bundle.manifest.file;
  Signed made{output.empty() ? beside + ".minisig" : output, key.public_key().id.hex(),
              trusted_comment(bundle)};
  const std::string text = TRY(key.sign(digest, made.trusted_comment));
  TRY(write_text(made.file, text, "the signature"));
  return made;
}

}  // namespace

Report sign_bundle(const Context& context, const Arguments& arguments) {
  if (arguments.keys.size() != 1)
    return misused("bundle sign takes one --key", "run addonctl bundle --help for its usage");
  const auto made = sign(context, arguments.operands.front(), arguments.keys.front(), arguments.output);
  if (!made) return failed(made.error());
  Report report;
  report.body = {
      {"signature", made->file}, {"key_id", made->key_id}, {"trusted_comment", made->trusted_comment}};
  report.conclusion = fmt::format("{}: signed by the key {}", printable(made->file), made->key_id);
  return report;
}

}  // namespace addon::cli
