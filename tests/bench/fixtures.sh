# shellcheck shell=bash
# Inputs for the benchmarks, made from nothing.

# make_manifests DIRECTORY COUNT: COUNT manifests, each of an add-on of its own.
make_manifests() {
  local directory=$1 count=$2 n
  mkdir -p "$directory"
  for ((n = 0; n < count; n++)); do
    bench_manifest "probe-$n" >"$directory/probe-$n.addon.yaml"
  done
}

# make_bundles DIRECTORY COUNT MIB: COUNT bundles with a program of MIB MiB that sleeps.
make_bundles() {
  local directory=$1 count=$2 mib=$3 n id padding
  padding=$((mib * 1024 * 1024 - $(stat -c %s /usr/bin/sleep)))
  for ((n = 0; n < count; n++)); do
    id=probe-$n
    mkdir -p "$directory/$id"
    bench_manifest "$id" >"$directory/$id/addon.yaml"
    bench_unit "$id" >"$directory/$id/addon-$id.service"
    echo '{"type": "object"}' >"$directory/$id/config.schema.json"
    # What follows an ELF image is not read by anyone.
    { cat /usr/bin/sleep && head -c "$padding" /dev/urandom; } >"$directory/$id/$id"
    chmod 0755 "$directory/$id/$id"
  done
}

bench_manifest() {
  cat <<END
id: $1
name: Benchmark add-on $1
version: 1.0.0
description: >-
  Sleeps for ever, so that what is measured is the installation and not the
  program that is installed.
kind: native
delivery: pushed-artifact     # compiled-in | pushed-artifact | os-package
supervision: systemd-service
language: c++
capabilities:
  - benchmark
requires:
  agent_capabilities: []
  platforms: [linux]
  os_capabilities: [CAP_NET_RAW]
  run_as: addon-probe
exec:
  binary: $1
  install_path: /usr/local/lib/addons
health: {timeout: 30s, stable_for: 0s}
config_schema: config.schema.json
END
}

bench_unit() {
  cat <<END
[Unit]
Description=Benchmark add-on $1

[Service]
User=addon-probe
ExecStart=/opt/addons/$1/current/$1 infinity
CapabilityBoundingSet=CAP_NET_RAW

[Install]
WantedBy=multi-user.target
END
}

bench_policy() {
  cat <<END
policy: benchmark
version: 1
capabilities: {allow: [CAP_NET_RAW]}
supervision: {allow: [systemd-service]}
delivery: {allow: [pushed-artifact]}
run_as: {allow: [addon-probe]}
units: {names: ["addon-*.service"]}
END
}
