#include "unit/executor/changes.hpp"

#include <filesystem>

namespace addon::executor::test {

namespace {
Files limited(Files files, int tasks) {
  files.at("addon.yaml") += "resources: {cpu_max_percent: 20, tasks_max: " + std::to_string(tasks) + "}\n";
  return files;
}
// A directory, one in it, and one whose parent has to be made.
Files keeping_data(Files files) {
  files.at("addon.yaml") +=
      "state_dirs: [/var/lib/probe, {path: /var/lib/probe/spool, mode: '0700'}, /srv/data/probe]\n";
  return files;
}

Files named(const std::string& id, Files files) {
  std::string& text = files.at("addon.yaml");
  text.replace(0, text.find('\n'), "id: " + id);
  return files;
}
}  // namespace

void prepare_upgrade(Host& host) {
  host.install("probe", limited(probe_files("1.0.0"), 8));
  host.install("scan", limited(scan_files("1.0.0"), 8));
  Files probe = keeping_data(limited(probe_files("1.1.0"), 9));
  std::filesystem::create_directories(host / "srv/data/probe");
  probe.at("probe.service").insert(10, "Nice=5\n");
  probe.at("probe.service") += "WantedBy=network.target\n";
  host.write_bundle("probe", probe);
  Files scan = limited(scan_files("2.0.0"), 8);
  scan["scan-now.service"] = scan.at("scan.service");
  scan["scan-now.timer"] = scan.at("scan.timer");
  scan.erase("scan.service");
  scan.erase("scan.timer");
  host.write_bundle("scan", scan);
}

const Change kFirst{[](Host& host) {
                      host.write_bundle("probe", keeping_data(limited(probe_files(), 8)));
                      host.write_bundle("scan", limited(scan_files(), 8));
                    },
                    [](const Host& host) {
                      return host.apply({"probe", "scan"});
                    }};
const Change kUpgrade{prepare_upgrade, [](const Host& host) { return host.apply({"probe", "scan"}); }};
const Change kArchives{prepare_upgrade, [](const Host& host) {
                         return host.apply_archives({"probe", "scan"});
                       }};
const Change kRemoval{[](Host& host) {
                        host.install("probe", limited(probe_files(), 8));
                        host.install("scan", limited(scan_files(), 8));
                      },
                      [](const Host&) {
                        return Host::remove({"probe", "scan"});
                      }};
const Change kPurge{[](Host& host) {
                      host.install("probe", keeping_data(probe_files()));
                      write_file(host / "var/lib/probe/file", "data");
                      write_file(host / "var/lib/probe/spool/file", "data");
                    },
                    [](const Host&) {
                      Request request = Host::remove({"probe"});
                      request.purge = true;
                      return request;
                    }};
const Change kRollback{[](Host& host) {
                         host.install("probe", probe_files("1.0.0"));
                         host.install("probe", probe_files("1.1.0"));
                       },
                       [](const Host&) { return Host::rollback("probe"); }};
const Change kRepair{[](Host& host) {
                       host.install("probe", limited(probe_files(), 8));
                       write_file(host / "etc/systemd/system/probe.service.d/50-addonctl-resources.conf",
                                  "[Service]\nTasksMax=9000\n");
                       write_file(host / "opt/addons/probe/versions/1.0.0/probe", "altered");
                       write_file(host / "etc/systemd/system/probe.service",
                                  probe_files().at("probe.service") + "# x\n");
                     },
                     [](const Host& host) { return host.apply({"probe"}); }};

// A sidecar is upgraded, one comes and one goes, a service becomes a toggle and a toggle a service.
const Change kModels{[](Host& host) {
                       host.install("relay", relay_files("1.0.0"));
                       host.install("gone", named("gone", relay_files()));
                       host.install("probe", probe_files("1.0.0"));
                       host.install("scan", named("scan", access_files("1.0.0")));
                       host.write_bundle("relay", relay_files("1.1.0"));
                       host.write_bundle("new", named("new", relay_files()));
                       host.write_bundle("probe", named("probe", access_files("2.0.0")));
                       host.write_bundle("scan", scan_files("2.0.0"));
                     },
                     [](const Host& host) {
                       Request request = host.apply({"relay", "new", "probe", "scan"});
                       request.prune = true;
                       return request;
                     }};

}  // namespace addon::executor::test
