#!/bin/bash
# check_man_pages.sh ADDONCTL PAGES: has every verb its page below PAGES, with all that its --help says, and does no
# page have anything that man or mandoc complains about?
set -euo pipefail
addonctl=$1 pages=$2
failures=0
complain() {
  echo "$*" >&2
  failures=$((failures + 1))
}

# The words of a page or a help text, without what tells them apart: fonts, breaks and blanks.
words() { tr -s '[:space:]' '\n' | grep -v '^$' | sort -u; }
text_of() { MANWIDTH=500 MAN_KEEP_FORMATTING= man -E UTF-8 -l "$1" 2>&1 | col -bx; }

expect_page() {
  local file=$pages/$1.gz
  [[ -f $file ]] || { complain "there is no page $1" && return; }
  [[ $(gzip -cd "$file" | wc -l) -gt 20 ]] || complain "$1 says nothing"
}

verbs=$("$addonctl" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
[[ $(wc -l <<<"$verbs") -gt 10 ]] || complain "the verbs were not found in: $verbs"
for verb in $verbs; do
  page=man1/addonctl-$verb.1
  expect_page "$page"
  missing=$(comm -23 <("$addonctl" "$verb" --help | sed '1d; s/^Usage: *//; s/^Options/OPTIONS/; s/^OPTIONS of every verb/OPTIONS OF EVERY VERB/' |
    words) <(text_of "$pages/$page.gz" | words) | grep -v ':$' || true)
  [[ -z $missing ]] || complain "$page lacks what --help says:" $missing
done
for page in man1/addonctl.1 man5/addon.yaml.5 man5/site-policy.5 man8/addon-executor.8; do expect_page "$page"; done

# Every key of a schema is in its page.
for schema in addon-manifest:addon.yaml site-policy:site-policy; do
  text=$(text_of "$pages/man5/${schema#*:}.5.gz")
  for key in $("$addonctl" schema "${schema%:*}" | jq -r '.properties | keys[]'); do
    grep -qE "^ +$key(,| )" <<<"$text" || complain "${schema#*:}(5) lacks the key $key"
  done
done

for file in "$pages"/man*/*.gz; do
  said=$(MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z "$file" 2>&1 >/dev/null) || complain "$file: man fails"
  [[ -z $said ]] || complain "$file: $said"
  said=$(gzip -cd "$file" | mandoc -T lint -W warning 2>&1) || complain "$file: $said"
done
((failures == 0))
