#!/bin/bash
# check_layers_test.sh CHECK: gives scripts/check-layers a tree for each rule, with one violation
# each, and one tree of code that only looks like violations.
set -euo pipefail
check=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

complain() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

# refuses FILE CODE MESSAGE: FILE with CODE in it gives MESSAGE and nothing else.
refuses() {
  rm -rf "$tree/src"
  mkdir -p "$(dirname "$tree/src/$1")"
  printf '%b' "$2" >"$tree/src/$1"
  local output status=0
  output=$("$check" "$tree" 2>&1) || status=$?
  if [ "$status" != 1 ] || [ "$output" != "src/$1:$3" ]; then
    complain "src/$1 holding '$2': wanted exit 1 and 'src/$1:$3', got exit $status and '$output'"
  fi
}

# accepts FILE CODE: nothing is wrong with it.
accepts() {
  rm -rf "$tree/src"
  mkdir -p "$(dirname "$tree/src/$1")"
  printf '%b' "$2" >"$tree/src/$1"
  local output status=0
  output=$("$check" "$tree" 2>&1) || status=$?
  if [ "$status" != 0 ] || [ "$output" != "check-layers: 1 files, ok" ]; then
    complain "src/$1 holding '$2': wanted exit 0, got exit $status and '$output'"
  fi
}

# Every pair of rooms: what the architecture allows, and nothing else.
rooms="core document manifest unit host bundle plan policy executor linux client cli service"
declare -A may=(
  [core]="" [document]="core" [manifest]="core document" [unit]="core" [host]="core"
  [bundle]="core document manifest unit host" [plan]="core document manifest unit host bundle"
  [policy]="core document manifest unit host bundle plan"
  [executor]="core document manifest unit host bundle plan policy"
  [linux]="core host" [client]="core" [cli]="${rooms% service}" [service]="$rooms")
for from in $rooms; do
  for to in $rooms; do
    if [ "$from" = "$to" ] || [[ " ${may[$from]} " == *" $to "* ]]; then
      accepts "$from/a.cpp" "#include \"$to/b.hpp\"\n"
    else
      refuses "$from/a.cpp" "\n#include \"$to/b.hpp\"\n" "2: $from may not include $to/b.hpp"
    fi
  done
done
refuses executor/steps/a.cpp '#include <linux/tree.hpp>\n' '1: executor may not include linux/tree.hpp'
refuses core/a.hpp '  #  include "cli/b.hpp"\n' '1: core may not include cli/b.hpp'
refuses core/a.cpp '#include "../cli/b.hpp"\n' '1: includes are written from src: ROOM/FILE.hpp, not ../cli/b.hpp'
refuses core/a.cpp '#include "core/../cli/b.hpp"\n' '1: includes are written from src: ROOM/FILE.hpp, not core/../cli/b.hpp'
refuses misc/a.cpp '\n' '1: this file is in none of the rooms'
refuses a.cpp '\n' '1: this file is in none of the rooms'

# Third-party headers.
while read -r header home_of other wording; do
  for home in ${home_of//,/ }; do accepts "$home/a.cpp" "#include <$header>\n"; done
  refuses "$other/a.cpp" "#include <$header>\n" "1: $other may not include $header: it belongs to $wording"
done <<'TABLE'
yaml.h document manifest document
yaml-cpp/yaml.h document cli document
valijson/validator.hpp document manifest document
nlohmann/json.hpp document plan document core/json.hpp
openssl/evp.h core bundle core
sys/capability.h linux,service executor linux service
systemd/sd-bus.h linux,client,service host linux client service
CLI/CLI.hpp cli service cli
archive.h bundle linux bundle
sodium.h bundle policy bundle
TABLE
accepts core/json.hpp '#include <nlohmann/json.hpp>\n'
refuses core/digest.hpp '#include <nlohmann/json.hpp>\n' \
  '1: core may not include nlohmann/json.hpp: it belongs to document core/json.hpp'

# Banned calls, in each way of writing them.
by_path="it takes a path, not a descriptor"
for call in chmod chown lchown setxattr lsetxattr mkdir rename unlink symlink; do
  refuses executor/a.cpp "void f() { $call(a, b); }\n" "1: $call() is banned outside linux: $by_path"
  accepts linux/a.cpp "void f() { $call(a, b); }\n"
done
for code in '::rename(a, b);' 'std::rename(a, b);' 'return rename(a, b);' 'return ::rename(a, b);' \
  'if (rename(a, b) != 0) {}' 'if (x) rename(a, b);' 'x && rename(a, b);' '!rename(a, b);' \
  '(void)rename (a, b);' 'auto r = rename(a, b);' "f('\"', rename(a, b));" 'f("\\"", rename(a, b));' \
  'f(1\0471000, rename(a, b));' '/* x */ rename(a, b);'; do
  refuses cli/a.cpp "\n$code\n" "2: rename() is banned outside linux: $by_path"
done
refuses cli/a.cpp '/* one\ntwo */ rename(a,\nb);\n' "2: rename() is banned outside linux: $by_path"
refuses cli/a.cpp 'auto s = R"x(\n)" )x"; rename(a, b);\n' "2: rename() is banned outside linux: $by_path"
for call in system popen; do
  refuses host/a.cpp "void f() { $call(a); }\n" "1: $call() is banned: it runs a shell"
done
for call in copy rename remove_all; do
  refuses plan/a.cpp "std::filesystem::$call(a, b);\n" \
    "1: std::filesystem::$call is banned outside linux: it follows links and resolves paths twice"
  refuses plan/a.cpp "fs::$call(a, b);\n" \
    "1: std::filesystem::$call is banned outside linux: it follows links and resolves paths twice"
done
inherit="programs that are started would inherit it"
refuses bundle/a.cpp 'int fd = ::open(a, O_RDONLY);\n' "1: open() without O_CLOEXEC is banned outside linux: $inherit"
refuses bundle/a.cpp 'x = open(f({a, b}),\n  y[1]);\n' \
  "1: open() without O_CLOEXEC is banned outside linux: $inherit"
refuses bundle/a.cpp 'openat(d, a, f(O_RDONLY)); x(O_CLOEXEC);\n' \
  "1: openat() without O_CLOEXEC is banned outside linux: $inherit"
for stream in ofstream fstream; do
  refuses linux/a.cpp "std::$stream f;\n" \
    "1: std::$stream is for cli only: durable writes go through the host's ports"
done

# What only looks like it.
accepts cli/a.cpp 'std::ofstream f;\n'
accepts bundle/a.cpp 'int fd = ::open(a,\n  f(1) | O_CLOEXEC);\n'
accepts document/a.cpp 'open(Json::object()); open({a, b}); open(f(a, b));\n'
accepts host/a.hpp 'virtual Result<> rename(const RelativePath& a) = 0;\nvirtual void mkdir(int a);\nint* open(int);\n'
accepts executor/a.cpp 'tree.rename(a, b); tree->unlink(a); Tree::open(a); Result<> Tree::mkdir(int a) {}\n'
accepts executor/a.cpp '// rename(a, b)\n/* system("x")\n#include "cli/b.hpp"\nunlink(a) */\n'
accepts executor/a.cpp 'const char* a = "rename(a, b)"; auto b = R"(\n system("x")\n)"; char c = \0470\047;\n'
accepts executor/a.cpp 'renameat2(a, b); fchmod(a, b); my_system(a); int system = 1;\n'

if [ "$failures" != 0 ]; then
  echo "$failures failures" >&2
  exit 1
fi
