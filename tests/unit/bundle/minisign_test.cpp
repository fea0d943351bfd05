// Against Debian's minisign, both ways: what it writes is read, and what is written it accepts.
#include "bundle/minisign.hpp"

#include <catch2/catch.hpp>

#include "bundle/minisign_secret.hpp"
#include "minisign.hpp"

using namespace addon;
using namespace addon::bundle;
using namespace addon::bundle::test;

namespace {

const std::string kText = "what is signed\n";

minisign::PublicKey public_key(const Fixture& fixture, const std::string& name) {
  auto key = minisign::parse_public_key(contents(fixture, name), name);
  REQUIRE(key);
  return *key;
}

/// Whether the text is a signature of kText by the key.
bool holds(const std::string& signature, const minisign::PublicKey& key) {
  const auto parsed = minisign::parse_signature(signature, "SIG");
  return parsed && minisign::verifies(*parsed, key, Blake2b::of(kText));
}

template <class T>
std::string refusal(const Result<T>& result) {
  REQUIRE_FALSE(result);
  REQUIRE(result.error().findings().size() == 1);
  const Finding& finding = result.error().findings().front();
  return to_string(finding.at) + " " + std::string(finding.rule->id) + ": " + finding.message;
}

/// Keys `a`, and `file` with its signature by it.
void make_signature(const Fixture& fixture) {
  make_key(fixture, "a");
  fixture.write("file", kText);
  REQUIRE(sh(fixture, "minisign -S -s a.key -m file -t 'id:probe version:1.2.3'"));
}

/// The secret key in the file; `password` for one that is encrypted.
Result<minisign::SecretKey> unlock(const std::string& text, const std::string& password = "") {
  const auto file = TRY(minisign::SecretKeyFile::parse(text));
  return file.unlock(password);
}

}  // namespace

TEST_CASE("BLAKE2b-512 is what b2sum says") {
  Fixture fixture;
  // b2sum of the three bytes "abc", as in RFC 7693, appendix A.
  const auto digest = Blake2b::of("abc");
  CHECK(digest[0] == 0xba);
  CHECK(digest[1] == 0x80);
  CHECK(digest[63] == 0x23);
  Blake2b parts;
  for (const char byte : std::string("abc")) parts.update(std::as_bytes(std::span(&byte, 1)));
  CHECK(parts.finish() == digest);
}

TEST_CASE("a key id is shown without zeros before it, as minisign does") {
  CHECK(minisign::KeyId{{0xEF, 0xCD, 0xAB, 0x89, 0x67, 0x45, 0x03, 0x00}}.hex() == "3456789ABCDEF");
  CHECK(minisign::KeyId{{0x01, 0, 0, 0, 0, 0, 0, 0x80}}.hex() == "8000000000000001");
}

TEST_CASE("a signature by minisign is verified, and its key id is as minisign shows it") {
  Fixture fixture;
  make_signature(fixture);
  const auto key = public_key(fixture, "a.pub");
  CHECK(contents(fixture, "a.pub")
            .starts_with("untrusted comment: minisign public key " + key.id.hex() + "\n"));
  const auto signature = minisign::parse_signature(contents(fixture, "file.minisig"), "SIG");
  REQUIRE(signature);
  CHECK(signature->key == key.id);
  CHECK(signature->trusted_comment == "id:probe version:1.2.3");
  CHECK(minisign::verifies(*signature, key, Blake2b::of(kText)));
  CHECK_FALSE(minisign::verifies(*signature, key, Blake2b::of(kText + "x")));
}

TEST_CASE("no bit of a signature file can be changed, but in the comment that minisign calls untrusted") {
  Fixture fixture;
  make_signature(fixture);
  const auto key = public_key(fixture, "a.pub");
  const std::string text = contents(fixture, "file.minisig");
  REQUIRE(holds(text, key));
  const std::size_t untrusted_begins = std::string("untrusted comment: ").size();
  const std::size_t untrusted_ends = text.find('\n');
  for (std::size_t i = 0; i < text.size() * 8; ++i) {
    std::string changed = text;
    changed[i / 8] = static_cast<char>(static_cast<unsigned char>(changed[i / 8]) ^ (1U << i % 8));
    INFO("bit " << i % 8 << " of byte " << i / 8);
    const bool is_untrusted = i / 8 >= untrusted_begins && i / 8 < untrusted_ends;
    if (!is_untrusted) CHECK_FALSE(holds(changed, key));
  }
}

TEST_CASE("a signature file that is cut off or goes on is refused") {
  Fixture fixture;
  make_signature(fixture);
  const auto key = public_key(fixture, "a.pub");
  const std::string text = contents(fixture, "file.minisig");
  for (std::size_t length = 0; length < text.size(); ++length) {
    INFO(length);
    CHECK_FALSE(holds(text.substr(0, length), key));
  }
  for (const char* more : {"\n", " ", "x\n", "untrusted comment: x\n"}) CHECK_FALSE(holds(text + more, key));
  CHECK_FALSE(holds(text + text, key));
  std::string crlf = text;
  for (std::size_t at = 0; (at = crlf.find('\n', at)) != std::string::npos; at += 2) crlf.insert(at, "\r");
  CHECK_FALSE(holds(crlf, key));
  CHECK(refusal(minisign::parse_signature(text + std::string(20000, ' '), "SIG")) ==
        "SIG signature-malformed: it is too large for a signature");
}

TEST_CASE("base64 that an encoder would not write is refused, whatever it stands for") {
  Fixture fixture;
  make_signature(fixture);
  const auto key = public_key(fixture, "a.pub");
  const std::string text = contents(fixture, "file.minisig");
  // The last of the digits before the padding has bits that stand for nothing: "…Q=" and "…R=" decode alike.
  const std::size_t last = text.rfind('=') - 2;
  REQUIRE(text.substr(last + 1, 2) == "==");
  std::string sloppy = text;
  sloppy[last] = static_cast<char>(sloppy[last] + 1);
  CHECK_FALSE(holds(sloppy, key));
  std::string blank = text;
  blank.insert(last, " ");
  CHECK_FALSE(holds(blank, key));
}

TEST_CASE("a legacy signature is refused by name") {
  Fixture fixture;
  make_key(fixture, "a");
  fixture.write("file", kText);
  REQUIRE(sh(fixture, "minisign -S -l -s a.key -m file"));
  CHECK(refusal(minisign::parse_signature(contents(fixture, "file.minisig"), "SIG")) ==
        "SIG:2 signature-legacy: the signature is a legacy one, over the bytes themselves and not over their "
        "digest");
}

TEST_CASE("another key with the same id does not verify") {
  Fixture fixture;
  make_signature(fixture);
  make_key(fixture, "b");
  auto other = public_key(fixture, "b.pub");
  CHECK_FALSE(holds(contents(fixture, "file.minisig"), other));
  other.id = public_key(fixture, "a.pub").id;
  CHECK_FALSE(holds(contents(fixture, "file.minisig"), other));
}

TEST_CASE("a public key that is damaged is refused, naming the line") {
  Fixture fixture;
  make_key(fixture, "a");
  const std::string text = contents(fixture, "a.pub");
  const auto refused = [](const std::string& key) { return refusal(minisign::parse_public_key(key, "K")); };
  const std::string two_lines = "K key-invalid: a public key has two lines, and nothing after them";
  CHECK(refused("") == two_lines);
  CHECK(refused(text.substr(0, text.size() - 1)) == two_lines);
  CHECK(refused(text + "\n") == two_lines);
  CHECK(refused(text.substr(2)) ==
        "K:1 key-invalid: the first line does not begin with \"untrusted comment: \"");
  std::string wrong = text;
  wrong[wrong.size() - 2] = '!';
  CHECK(refused(wrong) == "K:2 key-invalid: the second line is not a public key in base64");
  wrong = text;
  wrong[text.find('\n') + 1] = 'S';
  CHECK(refused(wrong) == "K:2 key-invalid: the key is not one of Ed25519");
  CHECK(refused(contents(fixture, "a.key")) ==
        "K:2 key-invalid: the second line is not a public key in base64");
  CHECK(refused(std::string(5000, 'x')) == "K key-invalid: it is too large for a public key");
}

TEST_CASE("minisign verifies what is signed with its key") {
  Fixture fixture;
  make_key(fixture, "a");
  fixture.write("file", kText);
  const auto key = unlock(contents(fixture, "a.key"));
  REQUIRE(key);
  CHECK(key->public_key() == public_key(fixture, "a.pub"));
  const auto text = key->sign(Blake2b::of(kText), "id:probe version:1.2.3");
  REQUIRE(text);
  CHECK(holds(*text, key->public_key()));
  fixture.write("file.minisig", *text);
  CHECK(sh(fixture, "minisign -V -H -p a.pub -m file"));
  fixture.write("file", kText + "x");
  CHECK_FALSE(sh(fixture, "minisign -V -H -p a.pub -m file"));
  CHECK_FALSE(key->sign(Blake2b::of(kText), "two\nlines"));
  CHECK_FALSE(key->sign(Blake2b::of(kText), std::string(9000, 'x')));
}

TEST_CASE("an encrypted key of minisign is opened by its password only") {
  Fixture fixture;
  fixture.write("file", kText);
  REQUIRE(sh(fixture, "minisign -G -f -p a.pub -s a.key", "open\nopen\n"));
  const std::string text = contents(fixture, "a.key");
  const auto file = minisign::SecretKeyFile::parse(text);
  REQUIRE(file);
  CHECK(file->is_encrypted());
  const auto key = file->unlock("open");
  REQUIRE(key);
  const auto signature = key->sign(Blake2b::of(kText), "x");
  REQUIRE(signature);
  fixture.write("file.minisig", *signature);
  CHECK(sh(fixture, "minisign -V -H -p a.pub -m file"));
  const auto wrong = file->unlock("close");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message() == "the password is wrong, or the key is damaged");
}

TEST_CASE("a secret key that is damaged signs nothing") {
  Fixture fixture;
  make_key(fixture, "a");
  const std::string text = contents(fixture, "a.key");
  const auto file = minisign::SecretKeyFile::parse(text);
  REQUIRE(file);
  CHECK_FALSE(file->is_encrypted());
  // 62 bytes stand before it: what is damaged here is the secret half, then the public one. Every third byte
  // begins with a digit of its own.
  const std::size_t begin = text.find('\n') + 1;
  for (const std::size_t byte : {63U, 90U, 96U, 120U}) {
    std::string damaged = text;
    char& digit = damaged[begin + byte * 4 / 3];
    digit = digit == 'A' ? 'B' : 'A';
    INFO(byte);
    CHECK_FALSE(unlock(damaged));
  }
  CHECK_FALSE(minisign::SecretKeyFile::parse(text + "x"));
  CHECK_FALSE(minisign::SecretKeyFile::parse(contents(fixture, "a.pub")));
  CHECK_FALSE(minisign::SecretKeyFile::parse(""));
}
