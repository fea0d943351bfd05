# shellcheck shell=bash
# What systemd does as root for a unit that runs as somebody else, and that it takes a line.

# rogue_unit LINES: a unit without addonctl, as an ordinary user; it is run once.
rogue_unit() {
  printf '[Service]\nType=oneshot\nUser=addon-probe\n%b\n' "$1" >"$HOST_ROOT$UNITS/rogue-probe.service"
  host_run systemctl daemon-reload
  host_run systemctl start rogue-probe.service
}

case_systemd_opens_paths_as_root_for_an_ordinary_user() {
  host_run sh -c 'mkdir -p /root/outside; echo SECRET=word >/root/outside/secret; chmod 0600 /root/outside/secret'
  rogue_unit 'ExecStart=/usr/bin/id -un\nStandardOutput=append:/root/outside/made'
  expect_eq "$(host_run cat /root/outside/made)" addon-probe "what a unit wrote in root's directory"
  rogue_unit 'ExecStart=/usr/bin/cat\nStandardInput=file:/root/outside/secret\nStandardOutput=truncate:/root/outside/made'
  expect_eq "$(host_run cat /root/outside/made)" SECRET=word "what a unit read in root's directory"
  rogue_unit 'ExecStart=/usr/bin/env\nEnvironmentFile=/root/outside/secret\nStandardOutput=truncate:/root/outside/made'
  expect_contains "$(host_run cat /root/outside/made)" SECRET=word
  rogue_unit 'ExecStart=/bin/sh -c "cat $CREDENTIALS_DIRECTORY/it"\nLoadCredential=it:/root/outside/secret\nStandardOutput=truncate:/root/outside/made'
  expect_eq "$(host_run cat /root/outside/made)" SECRET=word "a credential"
  rogue_unit 'ExecStart=/usr/bin/true\nPIDFile=/root/outside/made'
  expect_absent /root/outside/made
}

case_systemd_gives_directories_of_the_system_to_an_ordinary_user() {
  host_run sh -c 'mkdir -p /var/lib/rogue/deep; touch /var/lib/rogue/deep/file'
  rogue_unit 'ExecStart=/usr/bin/true\nStateDirectory=rogue'
  expect_eq "$(host_run stat -c %U /var/lib/rogue /var/lib/rogue/deep/file | sort -u)" addon-probe "the owner"
  host_run sh -c 'rm -rf /var/lib/rogue; mkdir -p /run/rogue; touch /run/rogue/file'
  rogue_unit 'ExecStart=/usr/bin/true\nRuntimeDirectory=rogue'
  expect_absent /run/rogue
}

case_systemd_shows_a_unit_what_a_closed_directory_holds() {
  host_run sh -c 'mkdir -p -m 0700 /root/outside; mkdir -p /root/outside/deep /srv/seen; chmod 0755 /root/outside/deep
    echo word >/root/outside/deep/open; chmod 0644 /root/outside/deep/open'
  expect_exit 1 runuser --user addon-probe -- cat /root/outside/deep/open
  rogue_unit 'ExecStart=/usr/bin/cat /srv/seen/open\nBindReadOnlyPaths=/root/outside/deep:/srv/seen\nStandardOutput=truncate:/root/work/out'
  expect_eq "$(host_run cat /root/work/out)" word "what a unit read in a closed directory"
  host_run rmdir /srv/seen
}

# The same asked of addonctl.
case_a_path_that_systemd_would_open_as_root_takes_a_line() {
  local line
  for line in StandardOutput=append:/etc/cron.d/rogue StandardInput=file:/etc/shadow EnvironmentFile=/etc/shadow \
    LoadCredential=it:/etc/shadow PIDFile=/etc/nologin StateDirectory=dpkg RuntimeDirectory=systemd \
    BindReadOnlyPaths=/root:/srv TTYPath=/dev/tty1 MountImages=/opt/addons/probe/current/probe:/srv; do
    make_bundle "probe-${line%%=*}" probe 1.0.0 service="$line"
    expect_refused 4 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" "addon-probe.service:8:1"
  done
  expect_not_installed probe
}

case_a_path_that_a_line_allows_is_opened() {
  echo 'paths: {root_files: [/etc/addon-probe.env], state_dirs: [/var/lib/addon-probe]}' \
    >>"$HOST_ROOT/etc/addonctl/policy.yaml"
  make_bundle probe probe 1.0.0 service='EnvironmentFile=-/etc/addon-probe.env\nStateDirectory=addon-probe'
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(host_run stat -c %U /var/lib/addon-probe)" addon-probe "the state directory's owner"
  host_run rm -rf /var/lib/addon-probe
}
