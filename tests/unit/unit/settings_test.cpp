#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

namespace {
Stated<Json> setting(std::string_view lines, std::string_view key, std::string_view name = "probe.service") {
  const Analysis analysis = analyze_service(lines, name);
  const auto found = analysis.privileges.settings.find(key);
  REQUIRE(found != analysis.privileges.settings.end());
  return found->second;
}
Json value(std::string_view lines, std::string_view key, std::string_view name = "probe.service") {
  return setting(lines, key, name).value;
}
Lines setting_findings(std::string_view lines) { return shown(analyze_service(lines).findings); }
}  // namespace

TEST_CASE("what a unit does not set is at systemd's default and has no line") {
  CHECK(value("", "Type") == "simple");
  CHECK(value("", "ProtectSystem") == "no");
  CHECK(value("", "ProtectProc") == "default");
  CHECK(value("", "DevicePolicy") == "auto");
  CHECK(value("", "KeyringMode") == "private");
  CHECK(value("", "RestrictNamespaces") == "no");
  CHECK(value("", "BindPaths") == Json::array());
  CHECK(value("", "RootDirectory") == "");
  CHECK(value("", "PrivateDevices") == false);
  CHECK(setting("", "PrivateDevices").at == SourceSpan{"probe.service"});
}

TEST_CASE("a setting has the line of its last value") {
  const Stated<Json> system = setting("ProtectSystem=full\nProtectSystem=bogus\n", "ProtectSystem");
  CHECK(system.value == "full");
  CHECK(system.at == SourceSpan{"probe.service", 3, 1});
  CHECK(value("ProtectSystem=1\n", "ProtectSystem") == "yes");
  CHECK(value("ProtectHome=tmpfs\nProtectHome=off\n", "ProtectHome") == "no");
}

TEST_CASE("the type is what systemd makes of its absence") {
  CHECK(value("Type=notify\n", "Type") == "notify");
  CHECK(value("BusName=org.%p\n", "Type") == "dbus");
  CHECK(value("ExecStart=\nExecStop=/bin/a\nRemainAfterExit=yes\n", "Type") == "oneshot");
  CHECK(value("BusName=org.%p\n", "BusName") == "org.probe");
}

TEST_CASE("DynamicUser= brings the settings with it that keep its user from leaving anything behind") {
  for (const char* key : {"PrivateTmp", "RemoveIPC", "RestrictSUIDSGID"}) {
    CHECK(value("DynamicUser=yes\n", key) == true);
    CHECK(setting("DynamicUser=yes\n", key).at.line == 3);
  }
  CHECK(value("ProtectSystem=full\nDynamicUser=yes\n", "ProtectSystem") == "strict");
  CHECK(value("DynamicUser=yes\n", "ProtectHome") == "read-only");
  CHECK(value("DynamicUser=yes\nProtectHome=tmpfs\n", "ProtectHome") == "tmpfs");
  CHECK(value("DynamicUser=yes\nDynamicUser=no\n", "PrivateTmp") == false);
}

TEST_CASE("devices add up, are reset by an empty assignment, and may do everything unless said otherwise") {
  CHECK(value("DeviceAllow=/dev/null rw\nDeviceAllow=char-usb\nDeviceAllow=/dev/%p r\n", "DeviceAllow") ==
        Json({"/dev/null rw", "/dev/probe r", "char-usb rwm"}));
  CHECK(value("DeviceAllow=/dev/null\nDeviceAllow=\n", "DeviceAllow") == Json::array());
  CHECK(
      setting_findings("DeviceAllow=null r\nDeviceAllow=/dev/../etc r\nDeviceAllow=/dev/null x\n") ==
      Lines{
          "unit-value probe.service:3:1: DeviceAllow=\"null r\" names \"null\", which is not a device; "
          "systemd "
          "ignores it; correct it or leave it out",
          "unit-value probe.service:4:1: DeviceAllow=\"/dev/../etc r\" names \"/dev/../etc\", which is not a "
          "device; systemd ignores it; correct it or leave it out",
          "unit-value probe.service:5:1: DeviceAllow=\"/dev/null x\" names \"x\", which is not made of r, w "
          "and "
          "m; systemd ignores it; correct it or leave it out"});
}

TEST_CASE("PrivateDevices=, ProtectClock= and RootImage= change the devices") {
  CHECK(value("PrivateDevices=yes\n", "DevicePolicy") == "closed");
  CHECK(setting("PrivateDevices=yes\n", "DevicePolicy").at.line == 3);
  CHECK(value("PrivateDevices=yes\nDevicePolicy=strict\n", "DevicePolicy") == "strict");
  CHECK(value("ProtectClock=yes\nPrivateDevices=yes\n", "DeviceAllow") == Json({"char-rtc r"}));
  CHECK(value("ProtectClock=yes\nDeviceAllow=/dev/null r\n", "DeviceAllow") ==
        Json({"/dev/null r", "char-rtc r"}));
  CHECK(value("ProtectClock=yes\n", "DeviceAllow") == Json::array());
  CHECK(value("RootImage=/x.img\nDeviceAllow=/dev/null\n", "DeviceAllow") ==
        Json({"/dev/loop-control rw", "/dev/mapper/control rw", "/dev/null rwm", "block-blkext rwm",
              "block-device-mapper rwm", "block-loop rwm"}));
  CHECK(value("RootImage=/x.img\n", "DeviceAllow") == Json::array());
}

TEST_CASE("path lists keep order and prefixes, and take old names") {
  CHECK(value("ReadWritePaths=/x/%p -/y//z/ -+/w +/v\nReadWriteDirectories=/old\n", "ReadWritePaths") ==
        Json({"/x/probe", "-/y/z", "-+/w", "+/v", "/old"}));
  CHECK(value("InaccessiblePaths=/q\nInaccessiblePaths=\n", "InaccessiblePaths") == Json::array());
  CHECK(value("ReadOnlyPaths=/a \"/b c\" rel /d/../e +-/z\n", "ReadOnlyPaths") == Json({"/a", "/b c"}));
  CHECK(setting_findings("ReadOnlyPaths=rel /d/../e %F\n") ==
        Lines{"unit-value probe.service:3:1: ReadOnlyPaths=\"rel /d/../e %F\" names \"%F\", which has a "
              "specifier "
              "that systemd does not know; systemd ignores it; correct it or leave it out",
              "unit-value probe.service:3:1: ReadOnlyPaths=\"rel /d/../e %F\" names \"/d/../e\", which has "
              "'..' in "
              "it; systemd ignores it; correct it or leave it out",
              "unit-value probe.service:3:1: ReadOnlyPaths=\"rel /d/../e %F\" names \"rel\", which is not an "
              "absolute path; systemd ignores it; correct it or leave it out"});
}

TEST_CASE("bind mounts have a source, a destination and whether they are recursive") {
  CHECK(value("BindPaths=/a:/b -/c//d:/e:norbind /f \"/g h:/i\"\n", "BindPaths") ==
        Json({"/a:/b:rbind", "-/c/d:/e:norbind", "/f:/f:rbind", "/g h:/i:/g h:/i:rbind"}));
  CHECK(value("BindReadOnlyPaths=/%p:/%N\n", "BindReadOnlyPaths") == Json({"/probe:/probe:rbind"}));
  CHECK(value("BindPaths=/k:rel /j::norbind /l:/m:x\n", "BindPaths") == Json::array());
}

TEST_CASE("an empty BindReadOnlyPaths= resets BindPaths=, too") {
  CHECK(value("BindPaths=/a\nBindReadOnlyPaths=\n", "BindPaths") == Json::array());
  CHECK(value("BindReadOnlyPaths=/a\nBindPaths=\n", "BindReadOnlyPaths") == Json::array());
}

TEST_CASE("a root directory is the last good one, and brings the kernel's file systems") {
  CHECK(value("RootDirectory=/a//b\nRootDirectory=rel\n", "RootDirectory") == "/a/b");
  CHECK(value("RootDirectory=/a\nRootDirectory=\n", "RootDirectory") == "");
  CHECK(value("RootDirectory=/a\n", "MountAPIVFS") == true);
  CHECK(value("RootDirectory=/a\nMountAPIVFS=no\n", "MountAPIVFS") == false);
  CHECK(value("PAMName=%p\n", "PAMName") == "probe");
}

TEST_CASE("state directories are sorted, without the links to them") {
  CHECK(value("StateDirectory=b a/c:x\nStateDirectory=%p b\n", "StateDirectory") ==
        Json({"a/c", "b", "probe"}));
  CHECK(value("RuntimeDirectory=a\nRuntimeDirectory=\n", "RuntimeDirectory") == Json::array());
  CHECK(value("LogsDirectory=../etc /abs\n", "LogsDirectory") == Json::array());
}

TEST_CASE("secure bits are those of the last line") {
  CHECK(value("SecureBits=noroot-locked keep-caps\n", "SecureBits") == Json({"keep-caps", "noroot-locked"}));
  CHECK(value("SecureBits=keep-caps\nSecureBits=noroot\n", "SecureBits") == Json({"noroot"}));
  CHECK(value("SecureBits=keep-caps\nSecureBits=\n", "SecureBits") == Json::array());
}

TEST_CASE("RestrictNamespaces= is the kinds that are left") {
  CHECK(value("RestrictNamespaces=yes\n", "RestrictNamespaces") == "yes");
  CHECK(value("RestrictNamespaces=user\nRestrictNamespaces=net\n", "RestrictNamespaces") == "net user");
  CHECK(value("RestrictNamespaces=~user\n", "RestrictNamespaces") == "cgroup ipc net mnt pid uts");
}
