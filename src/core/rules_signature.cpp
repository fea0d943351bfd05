// Signatures of bundles, and the keys that they are believed by.
#include "core/rule_words.hpp"

namespace addon {
inline namespace core {
namespace rules {

constinit const Rule signature_malformed{
    "signature-malformed", error, invalid, "The bundle's signature is not one in minisign's format.",
    "A signature that is there must say who vouches for the bundle, whether the site requires one or not. "
    "Get "
    "it again from whoever made it, or sign the bundle anew with addonctl bundle sign or minisign -S."};

constinit const Rule signature_legacy{
    "signature-legacy", error, invalid, "The bundle's signature is of minisign's legacy form.",
    "Legacy signatures are over the bytes themselves, so that all of them must be in memory before any is "
    "known to be genuine. Sign with minisign 0.8 or later and without -l, or with addonctl bundle sign."};

constinit const Rule signature_unknown_key{
    "signature-unknown-key", error, invalid, "The bundle is signed by a key that is not trusted here.",
    "A signature by anybody proves nothing. The host believes the keys in /etc/addonctl/trusted-keys; put "
    "the "
    "public key there once you know from its owner, by another way than the bundle, that it is theirs."};

constinit const Rule signature_invalid{
    "signature-invalid", error, invalid, "The bundle is not what its signature was made for.",
    "A file of the bundle, the signature or its trusted comment was changed after it was signed, by accident "
    "or on purpose. Get both again from whoever made them; do not sign anew what nobody can explain."};

constinit const Rule signature_other_bundle{
    "signature-other-bundle", error, invalid,
    "The signature's trusted comment names another add-on or version.",
    "A genuine signature of one version must not pass for another one. The trusted comment has to say id:ID "
    "and version:VERSION of the manifest, each once. addonctl bundle sign writes them; minisign takes them "
    "with -t."};

constinit const Rule signature_missing{
    "signature-missing", error, invalid, "The bundle has no signature.",
    "There is nothing to verify. The signature of a directory stands beside its manifest, as "
    "addon.yaml.minisig. Sign it with addonctl bundle sign, or get the signature from whoever made the "
    "bundle."};

constinit const Rule key_invalid{
    "key-invalid", error, invalid,
    "A file of trusted-keys is not one public key of minisign with a name of its own.",
    "A key that is skipped without a word would take rights away, or leave somebody to believe that they are "
    "checked. A file NAME.pub has the two lines that minisign -G wrote, and no other file has the same key. "
    "Copy it anew from its owner, or remove it."};

constinit const Rule key_untrusted{
    "key-untrusted", error, failed, "Someone other than root can change a trusted key.",
    "Whoever can write the file, or a directory above it, decides whose signatures are believed. Make root "
    "the owner of the file and of each directory above it, and take write permission from group and others."};

constinit const Rule policy_key_unknown{
    "policy-key-unknown", warning, invalid, "The site policy names a key that is not trusted on this host.",
    "Nobody can have signed by a key that the host does not have, so the line has no effect, and where it is "
    "the only key that may sign, nothing can be installed. Put the key into trusted-keys, or correct its "
    "name."};

}  // namespace rules
}  // namespace core
}  // namespace addon
