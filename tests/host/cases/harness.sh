# shellcheck shell=bash
# That this host is a real one, and that the other cases could fail: nothing here calls addonctl.

case_the_host_runs_systemd_and_gives_file_capabilities_to_services() {
  local pid
  make_good manual 1.0.0
  host_run install -d $ADDONS/manual
  host_run cp -r "$BUNDLE" $ADDONS/manual/current
  host_run setcap cap_net_raw=ep $ADDONS/manual/current/manual
  host_run cp "$BUNDLE/addon-manual.service" $UNITS/
  host_run systemctl daemon-reload
  host_run systemctl --quiet enable --now addon-manual.service
  expect_active addon-manual.service
  expect_enabled addon-manual.service
  pid=$(main_pid addon-manual.service)
  wait_until 2 host_run grep -q . "/proc/$pid/exe"
  expect_eq "$(process_capabilities "$pid" CapEff)" cap_net_raw CapEff
  expect_eq "$(process_user "$pid")" addon-probe "the process's user"
  expect_eq "$(file_capabilities $ADDONS/manual/current/manual)" cap_net_raw getcap
}

case_reloads_are_counted() {
  local before
  before=$(reload_count)
  host_run systemctl daemon-reload
  host_run systemctl daemon-reload
  expect_eq "$(reload_count)" $((before + 2)) "the number of reloads"
}

case_snapshots_see_every_kind_of_change() {
  local before change
  for change in 'echo x >>/opt/addons/f' 'chmod 0640 /opt/addons/f' 'chown operator /opt/addons/f' \
    'setcap cap_net_raw=ep /opt/addons/f' 'ln -sfn elsewhere /opt/addons/l' 'rm /opt/addons/l' \
    'mkdir /opt/addons/d' 'chmod 0700 /opt/addons/d' 'touch /etc/systemd/system/x' 'mkdir -p /var/lib/addonctl/generations'; do
    host_run mkdir -p $ADDONS
    host_run sh -c '[ -e /opt/addons/f ] || echo y >/opt/addons/f; [ -L /opt/addons/l ] || ln -s here /opt/addons/l'
    before=$(snapshot)
    expect_same "$before" "$(snapshot)"
    host_run sh -c "$change"
    [[ $before != "$(snapshot)" ]] || fail "not seen: $change"
  done
}

case_the_machine_itself_is_out_of_reach() {
  expect_ne "$(host_run cat /proc/sys/kernel/random/boot_id /etc/machine-id | tail -n 1)" "$(cat /etc/machine-id 2>/dev/null)" "machine-id"
  expect_eq "$(host_run ps -o comm= -p 1)" systemd "process 1"
  host_run touch /opt/only-in-the-host
  [[ ! -e /opt/only-in-the-host ]] || fail "the machine's /opt is the host's"
  host_run rm /opt/only-in-the-host
}
