# shellcheck shell=bash
# Who vouches for a bundle, by Debian's minisign, and what becomes of what nobody vouches for.

make_keys() {
  local name
  for name; do host_run minisign -G -W -f -p "/root/work/$name.pub" -s "/root/work/$name.key" >/dev/null; done
}

# trust NAME…: these keys and no others.
trust() {
  local name
  host_run rm -rf /etc/addonctl/trusted-keys
  for name; do host_run install -D -m 0644 "/root/work/$name.pub" "/etc/addonctl/trusted-keys/$name.pub"; done
}

# sign KEY BUNDLE COMMENT: as docs/author.md says.
sign() {
  host_run sh -c 'addonctl bundle digests "$2" >/root/work/list &&
    minisign -S -s "/root/work/$1.key" -m /root/work/list -x "$2/addon.yaml.minisig" -t "$3"' sign "$@" >/dev/null
}

require_signatures() {
  echo "signatures: {required: true, keys: [$1]}" >>"$HOST_ROOT/etc/addonctl/policy.yaml"
}

case_what_a_trusted_key_has_signed_runs_and_nothing_else_does() {
  make_keys release other
  trust release other
  require_signatures release
  make_good probe 1.0.0
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" policy-signature
  sign other "$BUNDLE" 'id:probe version:1.0.0'
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  sign release "$BUNDLE" 'id:probe version:1.0.1'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" signature-other-bundle
  sign release "$BUNDLE" 'id:probe version:1.0.0'
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_absent $ADDONS/probe/versions/1.0.0/addon.yaml.minisig
  expect_exit 0 addonctl status --format json
  expect_json '.addons[0].signer.key == "release"'
}

case_minisign_verifies_what_addonctl_signs() {
  make_keys release
  make_good probe 1.0.0
  expect_exit 0 addonctl bundle sign "$BUNDLE" --key /root/work/release.key
  host_run sh -c "addonctl bundle digests $BUNDLE >/root/work/list"
  expect_exit 0 minisign -V -H -p /root/work/release.pub -m /root/work/list -x "$BUNDLE/addon.yaml.minisig"
  expect_contains "$OUT" 'id:probe version:1.0.0'
}

case_a_signed_bundle_that_was_altered_installs_nothing() {
  local file
  make_keys release
  trust release
  # Also where nothing requires a signature: one that is there must be genuine.
  for file in probe addon.yaml addon-probe.service config.schema.json; do
    make_good probe 1.0.0
    sign release "$BUNDLE" 'id:probe version:1.0.0'
    echo '# more' >>"$HOST_ROOT$BUNDLE/$file"
    [[ $file != config.schema.json ]] || echo '{ }' >"$HOST_ROOT$BUNDLE/$file"
    echo "--- $file"
    expect_refused 3 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" signature-invalid
  done
  expect_not_installed probe
}

case_a_key_that_others_can_write_is_not_believed() {
  local how
  make_keys release
  make_good probe 1.0.0
  sign release "$BUNDLE" 'id:probe version:1.0.0'
  for how in 'chmod 0666 release.pub' 'chown operator release.pub' 'chmod 0777 .' 'chown operator .' \
    'mv release.pub x && ln -s x release.pub'; do
    trust release
    host_run sh -c "cd /etc/addonctl/trusted-keys && $how"
    echo "--- $how"
    expect_refused 1 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" key-untrusted
  done
  trust release
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
}

case_a_grant_for_one_key_gives_nothing_to_another() {
  make_keys release other
  trust release other
  sed -i 's/allow: \[CAP_NET_RAW, /allow: [/' "$HOST_ROOT/etc/addonctl/policy.yaml"
  cat >>"$HOST_ROOT/etc/addonctl/policy.yaml" <<'END'
grants:
  - name: probes
    match: {id: [probe], signed_by: [release]}
    capabilities: {allow: [CAP_NET_RAW]}
END
  make_good probe 1.0.0
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  sign other "$BUNDLE" 'id:probe version:1.0.0'
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" 'for what release has signed'
  sign release "$BUNDLE" 'id:probe version:1.0.0'
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
}

case_a_retired_key_takes_its_rights_away() {
  make_keys old new
  trust old new
  echo 'signatures: {required: true}' >>"$HOST_ROOT/etc/addonctl/policy.yaml"
  make_good probe 1.0.0
  sign old "$BUNDLE" 'id:probe version:1.0.0'
  apply "$BUNDLE"
  make_good probe 1.1.0
  sign new "$BUNDLE" 'id:probe version:1.1.0'
  apply "$BUNDLE"
  trust new
  expect_refused 4 addonctl rollback probe --yes
  expect_contains "$ERR" 'not trusted any more'
  expect_running probe 1.1.0 cap_net_raw
  trust old new
  expect_exit 0 addonctl rollback probe --yes
  expect_running probe 1.0.0 cap_net_raw
}

case_signed_bytes_stay_signed_without_their_signature() {
  make_keys release
  trust release
  echo 'signatures: {required: true}' >>"$HOST_ROOT/etc/addonctl/policy.yaml"
  make_good probe 1.0.0
  sign release "$BUNDLE" 'id:probe version:1.0.0'
  apply "$BUNDLE"
  host_run rm "$BUNDLE/addon.yaml.minisig"
  host_run setcap -r $ADDONS/probe/versions/1.0.0/probe
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_exit 0 addonctl status --format json
  expect_json '.addons[0].signer.key == "release"'
}

case_a_signature_exchanged_between_plan_and_apply_is_noticed() {
  make_keys release other
  trust release other
  make_good probe 1.0.0
  sign release "$BUNDLE" 'id:probe version:1.0.0'
  expect_exit 0 addonctl plan "$BUNDLE" -o /root/work/plan.json
  sign other "$BUNDLE" 'id:probe version:1.0.0'
  expect_refused 6 addonctl apply /root/work/plan.json
  expect_contains "$ERR" 'who vouches for probe'
  trust other
  sign release "$BUNDLE" 'id:probe version:1.0.0'
  expect_refused 3 addonctl apply /root/work/plan.json
  trust release
  expect_exit 0 addonctl apply --yes /root/work/plan.json
  expect_running probe 1.0.0 cap_net_raw
}
