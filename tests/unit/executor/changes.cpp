#include "unit/executor/changes.hpp"

namespace addon::executor::test {

void prepare_upgrade(Host& host) {
  host.install("probe", probe_files("1.0.0"));
  host.install("scan", scan_files("1.0.0"));
  Files probe = probe_files("1.1.0");
  probe.at("probe.service").insert(10, "Nice=5\n");
  probe.at("probe.service") += "WantedBy=network.target\n";
  host.write_bundle("probe", probe);
  Files scan = scan_files("2.0.0");
  scan["scan-now.service"] = scan.at("scan.service");
  scan["scan-now.timer"] = scan.at("scan.timer");
  scan.erase("scan.service");
  scan.erase("scan.timer");
  host.write_bundle("scan", scan);
}

const Change kFirst{[](Host& host) {
                      host.write_bundle("probe", probe_files());
                      host.write_bundle("scan", scan_files());
                    },
                    [](const Host& host) {
                      return host.apply({"probe", "scan"});
                    }};
const Change kUpgrade{prepare_upgrade, [](const Host& host) { return host.apply({"probe", "scan"}); }};
const Change kRemoval{[](Host& host) {
                        host.install("probe", probe_files());
                        host.install("scan", scan_files());
                      },
                      [](const Host&) {
                        return Host::remove({"probe", "scan"});
                      }};
const Change kRollback{[](Host& host) {
                         host.install("probe", probe_files("1.0.0"));
                         host.install("probe", probe_files("1.1.0"));
                       },
                       [](const Host&) { return Host::rollback("probe"); }};
const Change kRepair{[](Host& host) {
                       host.install("probe", probe_files());
                       write_file(host / "opt/addons/probe/versions/1.0.0/probe", "altered");
                       write_file(host / "etc/systemd/system/probe.service",
                                  probe_files().at("probe.service") + "# x\n");
                     },
                     [](const Host& host) { return host.apply({"probe"}); }};

}  // namespace addon::executor::test
