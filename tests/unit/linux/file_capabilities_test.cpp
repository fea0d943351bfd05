#include <linux/capability.h>
#include <sys/xattr.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>

#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;

namespace {
Capability named(std::string_view name) { return Capability::from_name(name).value(); }

host::FileCapabilities bpf_and_raw() {
  return host::permitted_and_effective({named("cap_net_raw"), named("cap_bpf")});
}

std::unique_ptr<host::File> open(const Scratch& scratch, const std::string& name) {
  auto file = scratch.open()->open_file(at(name));
  REQUIRE(message(file) == "");
  return std::move(*file);
}

/// security.capability as setcap(8) would write it, without libcap's help.
void set_raw(const std::string& path, std::uint32_t flags, std::uint64_t permitted,
             std::uint64_t inheritable) {
  vfs_cap_data data{};
  data.magic_etc = VFS_CAP_REVISION_2 | flags;
  for (unsigned word = 0; word < 2; ++word) {
    data.data[word].permitted = static_cast<std::uint32_t>(permitted >> (32 * word));
    data.data[word].inheritable = static_cast<std::uint32_t>(inheritable >> (32 * word));
  }
  REQUIRE(setxattr(path.c_str(), "security.capability", &data, sizeof data, 0) == 0);
}

bool has_raw(const std::string& path) {
  return getxattr(path.c_str(), "security.capability", nullptr, 0) > 0;
}

constexpr std::uint64_t bit(unsigned number) { return std::uint64_t{1} << number; }
}  // namespace

TEST_CASE("capabilities that are set are the ones that getcap and the kernel see") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.write("binary", "program", 0750);
  const auto file = open(scratch, "binary");
  CHECK(file->capabilities().value() == host::FileCapabilities{});
  REQUIRE(message(file->set_capabilities(bpf_and_raw())) == "");

  const std::string path = scratch / "binary";
  CHECK(output_of({"getcap", path}) == path + " cap_net_raw,cap_bpf=ep\n");
  vfs_cap_data data{};
  REQUIRE(getxattr(path.c_str(), "security.capability", &data, sizeof data) == sizeof data);
  CHECK(data.magic_etc == (VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE));
  CHECK(data.data[0].permitted == bit(CAP_NET_RAW));
  CHECK(data.data[1].permitted == bit(CAP_BPF) >> 32U);
  CHECK((data.data[0].inheritable | data.data[1].inheritable) == 0);
  CHECK(file->capabilities().value() == bpf_and_raw());
  CHECK(host::to_string(file->capabilities().value()) == "cap_bpf,cap_net_raw=ep");

  REQUIRE(file->set_capabilities({}));
  CHECK_FALSE(has_raw(path));
  CHECK(output_of({"getcap", path}).empty());
  CHECK(file->set_capabilities({}));
}

TEST_CASE("capabilities in other forms are read as bits and spelt out") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.write("binary", "program", 0750);
  const std::string path = scratch / "binary";
  const auto file = open(scratch, "binary");

  set_raw(path, 0, bit(CAP_NET_RAW), 0);
  CHECK(file->capabilities().value().permitted == CapabilitySet{named("cap_net_raw")});
  CHECK_FALSE(file->capabilities().value().effective);
  CHECK(host::to_string(file->capabilities().value()) == "cap_net_raw=p");

  set_raw(path, VFS_CAP_FLAGS_EFFECTIVE, bit(CAP_NET_RAW) | bit(CAP_BPF), bit(CAP_BPF) | bit(CAP_CHOWN));
  CHECK(host::to_string(file->capabilities().value()) == "cap_bpf=eip cap_net_raw=ep cap_chown=ei");
  const host::FileCapabilities mixed = file->capabilities().value();
  REQUIRE(file->set_capabilities({}));
  REQUIRE(file->set_capabilities(mixed));
  CHECK(file->capabilities().value() == mixed);
}

TEST_CASE("a capability newer than this program is seen, and never dropped by writing back") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.write("binary", "program", 0750);
  const auto file = open(scratch, "binary");
  set_raw(scratch / "binary", VFS_CAP_FLAGS_EFFECTIVE, bit(CAP_NET_RAW) | bit(50), bit(63));
  const host::FileCapabilities found = file->capabilities().value();
  CHECK(found.permitted == CapabilitySet{named("cap_net_raw")});
  CHECK(found.unknown_bits == (bit(50) | bit(63)));
  CHECK_FALSE(found.empty());
  CHECK(host::to_string(found) == "cap_net_raw=ep 50,63=e?");
  CHECK(message(file->set_capabilities(found)) == "cannot set the capabilities of " + (scratch / "binary") +
                                                      ": some of them are unknown to this program");
}

TEST_CASE("a revision 3 attribute keeps the user whose namespace it is for") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.write("binary", "program", 0750);
  vfs_ns_cap_data data{};
  data.magic_etc = VFS_CAP_REVISION_3 | VFS_CAP_FLAGS_EFFECTIVE;
  data.data[0].permitted = static_cast<std::uint32_t>(bit(CAP_NET_RAW));
  data.rootid = 1000;
  REQUIRE(setxattr((scratch / "binary").c_str(), "security.capability", &data, sizeof data, 0) == 0);
  const auto found = open(scratch, "binary")->capabilities().value();
  CHECK(found.root_uid == 1000);
  CHECK(found != host::permitted_and_effective({named("cap_net_raw")}));
  CHECK(host::to_string(found) == "cap_net_raw=ep [rootid=1000]");
}

TEST_CASE("a hard-linked file gets no capabilities") {
  NEEDS_ROOT();
  const Scratch scratch;
  const Scratch outside;
  scratch.write("binary", "program", 0750);
  REQUIRE(link((scratch / "binary").c_str(), (outside / "second").c_str()) == 0);
  const auto set = open(scratch, "binary")->set_capabilities(bpf_and_raw());
  CHECK(message(set) == "cannot set the capabilities of " + (scratch / "binary") +
                            ": it has 2 hard links, and each of them would get the capabilities");
  CHECK(errno_of(set) == EMLINK);
  CHECK_FALSE(has_raw(scratch / "binary"));
}

TEST_CASE("a hard-linked file loses its capabilities, under every name") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.write("binary", "program", 0750);
  REQUIRE(open(scratch, "binary")->set_capabilities(bpf_and_raw()));
  REQUIRE(link((scratch / "binary").c_str(), (scratch / "second").c_str()) == 0);
  CHECK(open(scratch, "binary")->set_capabilities({}));
  CHECK_FALSE(has_raw(scratch / "second"));
}

TEST_CASE("an owner or bytes set after capabilities take them away, a mode does not") {
  NEEDS_ROOT();
  const Scratch scratch;
  const auto root = scratch.open();
  const auto file = root->create_file("binary").value();
  const auto hello = std::as_bytes(std::span("hello", 5));
  REQUIRE(file->write(hello));

  REQUIRE(file->set_capabilities(bpf_and_raw()));
  REQUIRE(file->set_owner(0, 1234));
  CHECK_FALSE(has_raw(scratch / "binary"));

  REQUIRE(file->set_capabilities(bpf_and_raw()));
  REQUIRE(file->set_mode(0750));
  REQUIRE(root->rename("binary", "renamed", host::RenameMode::replace));
  CHECK(has_raw(scratch / "renamed"));

  REQUIRE(file->write(hello));
  CHECK_FALSE(has_raw(scratch / "renamed"));
  CHECK(scratch.mode("renamed") == 0750);
  CHECK(root->stat(at("renamed")).value()->gid == 1234);
}

TEST_CASE("attributes name what carries rights or data, not the host's labels") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.write("file", "");
  const auto file = open(scratch, "file");
  CHECK(file->attributes().value().empty());
  set_raw(scratch / "file", 0, bit(CAP_NET_RAW), 0);
  const std::string path = scratch / "file";
  REQUIRE(setxattr(path.c_str(), "trusted.hidden", "x", 1, 0) == 0);
  const bool labelled = setxattr(path.c_str(), "security.selinux", "l", 1, 0) == 0;
  if (!labelled) WARN("this filesystem takes no security.selinux: the label is not part of this run");
  CHECK(file->attributes().value() == std::vector<std::string>{"security.capability", "trusted.hidden"});
}

TEST_CASE("attributes are listed however many there are") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.write("file", "");
  const std::string path = scratch / "file";
  std::vector<std::string> names;
  for (char last = 'a'; last < 'f'; ++last) {
    names.push_back("trusted." + std::string(200, 'n') + last);
    REQUIRE(setxattr(path.c_str(), names.back().c_str(), "x", 1, 0) == 0);
  }
  CHECK(open(scratch, "file")->attributes().value() == names);
}

}  // namespace addon::linux
