#!/bin/bash
# check_testing_page.sh: do the tests that docs/testing.md names exist? Prints each that does not.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

missing=0 rows=0

# Whether FILE has the test NAME; an ellipsis or a summary such as "all" names none by itself.
has_test() {
  local file=$1 name=$2
  case $name in
    all | the\ * | …*) return ;;
  esac
  [[ $file == host/* ]] && name=case_${name// /_}
  grep -qF -- "$name" "tests/$file"
}

while IFS='|' read -r _ _ file names _; do
  read -r file <<<"$file"
  [[ $file == */* && $file != *' '* ]] || continue
  rows=$((rows + 1))
  [[ -e tests/$file ]] || { echo "docs/testing.md: there is no tests/$file" && missing=1 && continue; }
  [[ -f tests/$file ]] || continue
  while read -r name; do
    name=${name% (*)}
    has_test "$file" "$name" || { echo "docs/testing.md: tests/$file has no test \"$name\"" && missing=1; }
  done < <(sed 's/; /\n/g' <<<"$names" | sed 's/ *$//')
done < <(sed -n '/^## What must hold/,/^## Time/p' docs/testing.md)
[[ $rows -gt 50 ]] || { echo "docs/testing.md: only $rows tests are named; has its table another form?" && missing=1; }
exit "$missing"
