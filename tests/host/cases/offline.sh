# shellcheck shell=bash
# --root: an image is prepared; nothing of the running host changes and nothing is started.

ROOT=/root/offline

make_root() {
  host_run sh -c "mkdir -p $ROOT/etc/addonctl $ROOT/etc/systemd/system $ROOT/opt $ROOT/var/lib $ROOT/run
    cp /etc/passwd /etc/group $ROOT/etc/ && cp /etc/addonctl/policy.yaml $ROOT/etc/addonctl/"
  LIVE=$(snapshot) RELOADS=$(reload_count)
}

expect_live_untouched() {
  expect_same "$LIVE" "$(snapshot)" "the running host"
  expect_eq "$(reload_count)" "$RELOADS" "the number of reloads"
  expect_eq "$(unit_property addon-probe.service LoadState)" not-found "the unit in the running systemd"
}

case_an_offline_root_gets_files_links_and_capabilities_and_nothing_starts() {
  local binary=$ROOT/opt/addons/probe/versions/1.0.0/probe
  make_root
  make_good probe 1.0.0
  expect_exit 0 addonctl --root $ROOT apply --yes "$BUNDLE"
  expect_contains "${OUT,,}${ERR,,}" health
  expect_eq "$(host_run readlink $ROOT/opt/addons/probe/current)" versions/1.0.0 current
  expect_eq "$(file_capabilities $binary)" cap_net_raw "the capabilities"
  expect_eq "$(host_run stat -c '%a %U:%G' $binary)" "750 root:addon-probe" "the binary"
  expect_eq "$(host_run stat -c '%F %a' $ROOT$UNITS/addon-probe.service)" "regular file 644" "the unit"
  expect_eq "$(host_run systemctl --root=$ROOT is-enabled addon-probe.service)" enabled "the unit"
  expect_eq "$(host_run readlink $ROOT$UNITS/multi-user.target.wants/addon-probe.service)" \
    $UNITS/addon-probe.service "the enablement link"
  expect_live_untouched
}

case_an_offline_root_can_be_upgraded_rolled_back_and_emptied() {
  make_root
  make_good probe 1.0.0
  expect_exit 0 addonctl --root $ROOT apply --yes "$BUNDLE"
  make_good probe 1.1.0 caps=CAP_NET_ADMIN
  expect_exit 0 addonctl --root $ROOT apply --yes "$BUNDLE"
  expect_eq "$(host_run getcap -r $ROOT/opt/addons)" \
    "$ROOT/opt/addons/probe/versions/1.1.0/probe cap_net_admin=ep" "all capabilities"
  expect_exit 0 addonctl --root $ROOT rollback probe --yes
  expect_eq "$(host_run getcap -r $ROOT/opt/addons)" \
    "$ROOT/opt/addons/probe/versions/1.0.0/probe cap_net_raw=ep" "all capabilities"
  expect_exit 0 addonctl --root $ROOT diff
  expect_exit 0 addonctl --root $ROOT remove --yes probe
  expect_eq "$(host_run getcap -r $ROOT/opt/addons)" "" "all capabilities"
  expect_eq "$(host_run find $ROOT$UNITS -name 'addon-*')" "" "what is left of units"
  expect_absent $ROOT/opt/addons/probe/current
  expect_live_untouched
}

case_a_policy_of_the_running_host_does_not_serve_an_offline_root() {
  make_root
  host_run rm $ROOT/etc/addonctl/policy.yaml
  make_good probe 1.0.0
  expect_exit 4 addonctl --root $ROOT apply --yes "$BUNDLE"
  expect_absent $ROOT/opt/addons
}

case_a_link_in_an_offline_root_does_not_lead_out_of_it() {
  make_root
  host_run rmdir $ROOT/opt
  host_run mkdir /root/outside
  host_run ln -s /root/outside $ROOT/opt
  make_good probe 1.0.0
  expect_exit 1 addonctl --root $ROOT apply --yes "$BUNDLE"
  expect_eq "$(host_run ls -A /root/outside)" "" "what is outside"
}
