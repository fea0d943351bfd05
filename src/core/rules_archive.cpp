// Rules about bundles that are archives: what a directory cannot do wrong.
#include "core/rule_words.hpp"

namespace addon {
inline namespace core {
namespace rules {

constinit const Rule bundle_archive_damaged{
    "bundle-archive-damaged", error, invalid, "The archive is damaged, or is none that this program reads.",
    "Half an archive is half an add-on, and what one program reads from a damaged one is not what another "
    "does. Read are .tar.gz and .tar.zst. Fetch it again, or build it with addonctl bundle build."};

constinit const Rule bundle_artifact_digest{
    "bundle-artifact-digest", error, invalid, "An artifact is not the one that its manifest names.",
    "The manifest pins the bytes of what was released, by their SHA-256: other bytes may be anybody's. Fetch "
    "the artifact again, or correct the manifest if a new one was released."};

constinit const Rule bundle_compression{
    "bundle-compression", error, invalid,
    "The archive unpacks to far more than it is, or needs too much memory.",
    "A few kilobytes can stand for terabytes, and unpacking them would fill the memory or the disk of a "
    "host. "
    "Build it with addonctl bundle build."};

constinit const Rule bundle_duplicate_entry{
    "bundle-duplicate-entry", error, invalid, "Two entries of the archive have the same name.",
    "Which of the two counts differs between programs, and so does whether names that differ only in case or "
    "in "
    "how a letter is composed are two: a reviewer and the host could see different files. Keep one of them."};

constinit const Rule bundle_manifest_not_first{"bundle-manifest-not-first", error, invalid,
                                               "The manifest is not the first file of the archive.",
                                               "What an archive is for must be known before its files are "
                                               "read. Build it with addonctl bundle build, which "
                                               "puts the manifest first."};

constinit const Rule bundle_sparse{
    "bundle-sparse", error, invalid, "A file of the archive is sparse.",
    "A map of holes lets a few bytes stand for gigabytes. Pack it without tar's --sparse."};

constinit const Rule bundle_trailing_data{"bundle-trailing-data", error, invalid,
                                          "Something stands behind the end of the archive.",
                                          "It is no part of the bundle, and other programs may read it as "
                                          "one. Build the archive again, in one piece."};

}  // namespace rules
}  // namespace core
}  // namespace addon
