#!/bin/bash
# The plan in the README is one of the examples with the policy policies/edge.yaml: the lines that it names say so there.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

failures=0
# says LINE TEXT: the README names that line, and TEXT stands there.
says() {
  grep -qF "policy.yaml:$1" README.md && sed -n "$1p" policies/edge.yaml | grep -qF "$2" && return
  echo "README.md and line $1 of policies/edge.yaml do not agree on: $2" >&2
  failures=$((failures + 1))
}
says "$(grep -n 'capabilities: {allow: \[CAP_NET_RAW\]}' policies/edge.yaml | cut -d : -f 1)" CAP_NET_RAW
says "$(grep -n 'addon-\*.service' policies/edge.yaml | cut -d : -f 1)" 'addon-*.service'
((failures == 0))
