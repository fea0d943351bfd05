#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "fixture.hpp"
#include "tar.hpp"

using namespace addon;
using namespace addon::bundle;
using namespace addon::bundle::test;
using Lines = std::vector<std::string>;

namespace {

/// What a bundle without another fault is refused for because of these entries.
Lines refused(const std::string& entries) {
  const ReadBundle read = read_entries(service_entries() + entries);
  CHECK_FALSE(read.bundle);
  return shown(read);
}

Lines digests(const ReadBundle& read) {
  Lines lines;
  REQUIRE(read.bundle);
  for (const BundleFile& file : read.bundle->files)
    lines.push_back(file.path.str() + " " + file.sha256.hex());
  return lines;
}

}  // namespace

TEST_CASE("names that lead elsewhere are refused, each by name") {
  CHECK(refused(tar_file("../etc/passwd", "x")) ==
        Lines{"ARCHIVE/../etc/passwd bundle-file-name: \"../etc/passwd\" leads upwards: it has '..' in it"});
  CHECK(refused(tar_file("share/../../x", "x")) ==
        Lines{"ARCHIVE/share/../../x bundle-file-name: \"share/../../x\" leads upwards: it has '..' in it"});
  CHECK(refused(tar_file("/etc/passwd", "x")) ==
        Lines{"ARCHIVE//etc/passwd bundle-file-name: \"/etc/passwd\" is an absolute path"});
  CHECK(refused(tar_header({.name = "../up/", .type = '5'})) ==
        Lines{"ARCHIVE/../up bundle-file-name: \"../up/\" leads upwards: it has '..' in it"});
}

TEST_CASE("names with control characters and other bytes are refused, each by name") {
  CHECK(refused(tar_file("a\nb", "x")) ==
        Lines{"ARCHIVE/a\\x0ab bundle-file-name: \"a\\x0ab\" has a control character in it"});
  CHECK(refused(tar_file("\xff", "x")) == Lines{"ARCHIVE/\\xff bundle-file-name: \"\\xff\" is not UTF-8"});
  CHECK(refused(tar_file("a\\b", "x")) ==
        Lines{"ARCHIVE/a\\\\b bundle-file-name: \"a\\\\b\" has a '\\' in it"});
  CHECK(refused(tar_file("a//b", "x") + tar_file("c/./d", "x")) ==
        Lines{"ARCHIVE/a//b bundle-file-name: \"a//b\" is not written in its shortest form",
              "ARCHIVE/c/./d bundle-file-name: \"c/./d\" is not written in its shortest form"});
}

TEST_CASE("names that all begin with a dot are one fault") {
  const ReadBundle read = read_entries(tar_header({.name = "./", .type = '5', .mode = 0755}) +
                                       tar_file("./addon.yaml", manifest_text("systemd-service")) +
                                       tar_file("./config.schema.json", "{}") +
                                       tar_file("./probe", "x", 0755) + tar_file("./probe.service", service));
  CHECK_FALSE(read.bundle);
  CHECK(shown(read) == Lines{"ARCHIVE/./ bundle-file-name: names in the archive begin with \"./\""});
}

TEST_CASE("a name beyond ASCII is taken as it is, from a pax header and without one") {
  const ReadBundle read = read_entries(service_entries() + tar_file("gr\u00fc\u00df", "x") +
                                       pax({{"path", "\u6587\u4ef6"}}) + tar_file("other", "y"));
  CHECK(shown(read).empty());
  REQUIRE(read.bundle);
  CHECK(read.bundle->files[2].path.str() == "gr\u00fc\u00df");
  CHECK(read.bundle->files.back().path.str() == "\u6587\u4ef6");
}

TEST_CASE("links, devices and fifos of an archive are refused, each by name") {
  CHECK(refused(tar_header({.name = "link", .type = '2', .link = "/etc/shadow"})) ==
        Lines{"ARCHIVE/link bundle-file-type: \"link\" is a symlink to \"/etc/shadow\""});
  CHECK(refused(tar_header({.name = "hard", .type = '1', .link = "probe"})) ==
        Lines{"ARCHIVE/hard bundle-hard-link: \"hard\" is a hard link to \"probe\""});
  for (const char type : {'3', '4', '6'}) {
    CHECK(refused(tar_header({.name = "special", .type = type})) ==
          Lines{"ARCHIVE/special bundle-file-type: \"special\" is a device, socket or pipe"});
  }
}

TEST_CASE("what the manifest names and the archive has as a link is one fault") {
  const ReadBundle read = read_entries(
      tar_file("addon.yaml", manifest_text("systemd-service")) + tar_file("config.schema.json", "{}") +
      tar_file("probe.service", service) + tar_header({.name = "probe", .type = '2', .link = "sh"}));
  CHECK(shown(read) == Lines{"ARCHIVE/probe bundle-file-type: \"probe\" is a symlink to \"sh\""});
}

TEST_CASE("set-id and sticky bits of an archive are refused, also of its directories") {
  for (const unsigned mode : {04755U, 02755U, 01755U}) {
    CHECK(refused(tar_file("tool", "x", mode)) ==
          Lines{fmt::format(
              "ARCHIVE/tool bundle-set-id: \"tool\" has a set-user-ID, set-group-ID or sticky bit: "
              "mode {:04o}",
              mode)});
  }
  CHECK(refused(tar_header({.name = "tmp/", .type = '5', .mode = 01777})) ==
        Lines{"ARCHIVE/tmp bundle-set-id: \"tmp\" has a set-user-ID, set-group-ID or sticky bit: mode 1777"});
}

TEST_CASE("extended attributes and access lists of an archive are refused, each by name") {
  CHECK(refused(pax({{"SCHILY.xattr.security.capability", "x"}, {"SCHILY.xattr.user.note", "y"}}) +
                tar_file("tool", "x")) ==
        Lines{"ARCHIVE/tool bundle-xattr: \"tool\" has extended attributes: security.capability, user.note"});
  CHECK(refused(pax({{"SCHILY.acl.access", "user::rw-,user:1000:rwx,group::r--,mask::rwx,other::---"}}) +
                tar_file("tool", "x")) ==
        Lines{"ARCHIVE/tool bundle-xattr: \"tool\" has extended attributes: an access control list"});
}

TEST_CASE("entries of one name are refused, also by case and Unicode form") {
  CHECK(refused(tar_file("probe", "other")) ==
        Lines{"ARCHIVE/probe bundle-duplicate-entry: \"probe\" stands in the archive twice"});
  CHECK(
      refused(tar_file("PROBE", "other")) ==
      Lines{"ARCHIVE/PROBE bundle-duplicate-entry: \"probe\" and \"PROBE\" are the same name where case and "
            "composed letters do not count"});
  CHECK(refused(tar_file("caf\u00e9", "1") + tar_file("cafe\u0301", "2")) ==
        Lines{"ARCHIVE/cafe\u0301 bundle-duplicate-entry: \"caf\u00e9\" and \"cafe\u0301\" are the same name "
              "where "
              "case and composed letters do not count"});
  CHECK(refused(tar_file("stra\u00dfe", "1") + tar_file("STRASSE", "2")).size() == 1);
  CHECK(
      refused(tar_file("share/a", "1") + tar_file("Share/b", "2")) ==
      Lines{
          "ARCHIVE/Share/b bundle-duplicate-entry: \"share\" and \"Share\" are the same name where case and "
          "composed letters do not count"});
}

TEST_CASE("a file over a directory is refused, and a directory over a file") {
  CHECK(refused(tar_file("lib/x", "1") + tar_file("lib", "2")) ==
        Lines{"ARCHIVE/lib bundle-duplicate-entry: \"lib\" is a file and a directory"});
  CHECK(refused(tar_file("lib", "1") + tar_file("lib/x", "2")) ==
        Lines{"ARCHIVE/lib/x bundle-duplicate-entry: \"lib\" is a file and a directory"});
  CHECK(refused(tar_file("lib", "1") + tar_header({.name = "lib/", .type = '5', .mode = 0755})) ==
        Lines{"ARCHIVE/lib bundle-duplicate-entry: \"lib\" is a file and a directory"});
}

TEST_CASE("a sparse file is refused") {
  CHECK(
      refused(pax({{"GNU.sparse.major", "1"},
                   {"GNU.sparse.minor", "0"},
                   {"GNU.sparse.name", "holes"},
                   {"GNU.sparse.realsize", "1048576"}}) +
              tar_file("GNUSparseFile.0/holes", "1\n1048000\n4\n" + std::string(512 - 12, '\0') + "data")) ==
      Lines{"ARCHIVE/holes bundle-sparse: \"holes\" is sparse, of 1048576 bytes"});
}

TEST_CASE("a file of 4 GiB is no fault, one byte more is, told with its size and read no further") {
  CHECK(refused(tar_header({.name = "large", .size = std::uint64_t{4} << 30})) ==
        Lines{"ARCHIVE bundle-archive-damaged: the archive is damaged: Truncated tar archive"});
  CHECK(refused(tar_header({.name = "large", .size = (std::uint64_t{4} << 30) + 1})) ==
        Lines{"ARCHIVE/large bundle-limit: \"large\" has 4294967297 bytes, more than 4 GiB"});
  CHECK(refused(pax({{"size", "9999999999999"}}) + tar_header({.name = "large"})) ==
        Lines{"ARCHIVE/large bundle-limit: \"large\" has 9999999999999 bytes, more than 4 GiB"});
}

TEST_CASE("too many entries are refused, directories among them") {
  std::string entries;
  for (int i = 0; i < 4092; ++i) {
    entries += i % 2 == 0 ? tar_header({.name = fmt::format("d{}/", i), .type = '5', .mode = 0755})
                          : tar_file(fmt::format("f{}", i), "");
  }
  CHECK(read_entries(service_entries() + entries).bundle);
  CHECK(refused(entries + tar_file("more", "")) ==
        Lines{"ARCHIVE bundle-limit: the bundle has more than 4096 files and directories"});
}

TEST_CASE("what is nested too deeply is refused") {
  CHECK(read_entries(service_entries() + tar_file("1/2/3/4/5/6/7/f", "")).bundle);
  CHECK(
      refused(tar_file("1/2/3/4/5/6/7/8/f", "")) ==
      Lines{"ARCHIVE/1/2/3/4/5/6/7/8/f bundle-limit: \"1/2/3/4/5/6/7/8/f\" is nested deeper than 8 levels"});
}

TEST_CASE("an archive that unpacks to far more than it is, is refused before that is done") {
  const std::string zeros(std::size_t{80} << 20, '\0');
  const Lines bomb = shown(read_bytes(zstd(service_entries() + tar_file("zeros", zeros) + tar_end())));
  REQUIRE(bomb.size() == 1);
  CHECK(bomb.front().starts_with("ARCHIVE bundle-compression: "));
  CHECK(bomb.front().ends_with("unpack to 64.2 MiB: more than 200 times as much"));
}

TEST_CASE("zstd that needs a large window is refused") {
  const std::string tar = service_entries() + tar_end();
  CHECK(read_bytes(zstd(tar, 23)).bundle);
  CHECK(shown(read_bytes(zstd(tar, 24))) ==
        Lines{"ARCHIVE bundle-compression: unpacking it takes a window of more than 8 MiB of memory"});
}

TEST_CASE("what stands behind the end is refused, in the tar file and behind the compression") {
  const std::string tar = service_entries() + tar_end();
  CHECK(read_bytes(gzip(tar + std::string(8192, '\0'))).bundle);
  const Lines inside = {
      "ARCHIVE bundle-trailing-data: more files or data stand behind the end of the archive"};
  CHECK(shown(read_bytes(gzip(tar + "x"))) == inside);
  CHECK(shown(read_bytes(gzip(tar + std::string(1'000'000, '\0') + tar_file("hidden", "x") + tar_end()))) ==
        inside);
  CHECK(shown(read_bytes(gzip(tar + std::string(3'000'000, '\0')))) ==
        Lines{"ARCHIVE bundle-trailing-data: more than 1 MiB of zeros stands behind the end of the archive"});
  const Lines outside = {"ARCHIVE bundle-trailing-data: 4 bytes stand behind the end of the archive"};
  CHECK(shown(read_bytes(gzip(tar) + "more")) == outside);
  CHECK(shown(read_bytes(zstd(tar) + "more")) == outside);
  // A second one, which other programs would unpack, too.
  CHECK(shown(read_bytes(gzip(tar) + gzip("x"))).size() == 1);
  CHECK(shown(read_bytes(zstd(tar) + zstd("x"))).size() == 1);
}

TEST_CASE("a manifest that is not first, is missing, or is one of several is refused") {
  CHECK(shown(read_entries(tar_file("config.schema.json", "{}") +
                           tar_file("addon.yaml", manifest_text("systemd-service")) + tar_file("probe", "x") +
                           tar_file("probe.service", service))) ==
        Lines{"ARCHIVE bundle-manifest-not-first: the first file of the archive is \"config.schema.json\", "
              "not the "
              "manifest addon.yaml"});
  CHECK(shown(read_entries(tar_file("probe", "x"))) ==
        Lines{"ARCHIVE bundle-manifest-missing: the archive has neither addon.yaml nor a NAME.addon.yaml"});
  CHECK(shown(read_entries("")) ==
        Lines{"ARCHIVE bundle-manifest-missing: the archive has neither addon.yaml nor a NAME.addon.yaml"});
  CHECK(shown(read_entries(tar_file("a.addon.yaml", "") + tar_file("b.addon.yaml", ""))) ==
        Lines{"ARCHIVE bundle-manifest-ambiguous: the archive has 2 manifests: a.addon.yaml, b.addon.yaml"});
}

TEST_CASE("directories may stand before the manifest") {
  CHECK(read_entries(tar_header({.name = "share/", .type = '5', .mode = 0755}) + service_entries()).bundle);
}

TEST_CASE("files that the manifest names and the archive lacks, and those that nobody names") {
  CHECK(shown(read_entries(service_entries("files: [{path: data}]\n") + tar_file("backdoor", "x"))) ==
        Lines{"ARCHIVE/addon.yaml:13 bundle-file-missing: the bundle has no file \"data\"",
              "ARCHIVE/backdoor bundle-file-unlisted: \"backdoor\" is not one of the files that the manifest "
              "lists"});
}

TEST_CASE("a unit or manifest of an archive that is too large is refused") {
  const std::string large(1'048'577, '#');
  CHECK(
      shown(read_entries(service_entries("systemd: {primary: probe.service}\n") +
                         tar_file("large.service", large))) ==
      Lines{"ARCHIVE/large.service bundle-limit: large.service is larger than 1 MiB, too large for a unit"});
  const Lines manifest = shown(read_entries(tar_file("addon.yaml", large)));
  INFO(manifest.front());
  CHECK(manifest.size() == 1);
  CHECK(manifest.front().starts_with("ARCHIVE/addon.yaml:1 document-too-large: "));
  std::string many;
  for (int i = 0; i < 5; ++i) many += tar_file(fmt::format("u{}.service", i), large.substr(0, 900'000));
  CHECK(refused(many) ==
        Lines{"ARCHIVE bundle-limit: the manifests and units at its top are larger than 4 MiB together"});
}

TEST_CASE("a map of holes of any length is not read") {
  std::string map = "800000\n";
  for (int i = 0; i < 800000; ++i) map += "1\n0\n";
  CHECK(shown(read_bytes(zstd(service_entries() +
                              pax({{"GNU.sparse.major", "1"},
                                   {"GNU.sparse.minor", "0"},
                                   {"GNU.sparse.name", "holes"},
                                   {"GNU.sparse.realsize", "1048576"}}) +
                              tar_file("GNUSparseFile.0/holes", map) + tar_end()))) ==
        Lines{"ARCHIVE bundle-limit: more than 2 MiB stand between two files of the archive"});
}

TEST_CASE("a chain of headers without a file is refused") {
  std::string chain;
  for (int i = 0; i < 6000; ++i) chain += pax({{"comment", std::string(400, 'x')}});
  const ReadBundle read = read_bytes(zstd(service_entries() + chain + tar_file("x", "") + tar_end()));
  REQUIRE(read.findings.size() == 1);
  CHECK(read.findings.front().rule == &rules::bundle_archive_damaged);
}

TEST_CASE("an attribute that cannot be understood is no attribute to pass over") {
  CHECK(refused(tar_header({.name = "PaxHeader", .type = 'x', .size = 512}) + std::string(512, 'x') +
                tar_file("tool", "x"))
            .size() == 1);
}

TEST_CASE("something else than an archive is none") {
  CHECK(shown(read_bytes("")) ==
        Lines{"ARCHIVE bundle-archive-damaged: it is neither a .tar.gz nor a .tar.zst by its content"});
  CHECK(shown(read_bytes("PK\x03\x04 and so on")) ==
        Lines{"ARCHIVE bundle-archive-damaged: it is neither a .tar.gz nor a .tar.zst by its content"});
  CHECK(shown(read_bytes(gzip("no tar file at all, and long enough to be none")))
            .front()
            .starts_with("ARCHIVE bundle-archive-damaged: the archive is damaged: "));
}

TEST_CASE("an archive that is cut off anywhere has a finding, and one that says so") {
  for (const std::string& whole :
       {gzip(service_entries() + tar_end()), zstd(service_entries() + tar_end())}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const ReadBundle read = read_bytes(std::string_view(whole).substr(0, size));
      INFO(size);
      REQUIRE_FALSE(read.bundle);
      REQUIRE(read.findings.size() == 1);
      CHECK(read.findings.front().rule == &rules::bundle_archive_damaged);
    }
  }
}

TEST_CASE("a tar file that is cut off at any block has a finding") {
  const std::string whole = service_entries() + tar_end();
  for (std::size_t size = 0; size < whole.size(); size += 256) {
    const ReadBundle read = read_bytes(gzip(std::string_view(whole).substr(0, size)));
    INFO(size);
    REQUIRE_FALSE(read.bundle);
    CHECK_FALSE(read.findings.empty());
  }
}

TEST_CASE("a byte that is not as it was packed is found by its checksum") {
  const std::string tar = service_entries() + tar_end();
  for (const std::string& packed : {gzip(tar), zstd(tar)}) {
    const Lines wanted = digests(read_bytes(packed));
    std::size_t found = 0;
    // Behind the headers, whose bytes need not mean anything: a time, an operating system.
    for (std::size_t at = 16; at < packed.size(); at += 3) {
      std::string changed = packed;
      changed[at] = static_cast<char>(changed[at] ^ 0x20);
      INFO(at);
      const ReadBundle read = read_bytes(changed);
      // Where zeros are repeated it does not matter from where.
      if (read.bundle) {
        CHECK(digests(read) == wanted);
      } else {
        ++found;
      }
    }
    CHECK(found > packed.size() / 4);
  }
}
