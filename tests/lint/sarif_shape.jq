# What addonctl promises of its SARIF, checked without the schema (OASIS SARIF 2.1.0). Gives what is wrong, or true.
def problems:
  . as $log
  | .runs[0] as $run
  | $run.tool.driver.rules as $rules
  | (if $log.version != "2.1.0" then "version" else empty end),
    (if ($log.runs | length) != 1 then "runs" else empty end),
    (if $run.tool.driver.name != "addonctl" then "driver" else empty end),
    (if $run.columnKind != "unicodeCodePoints" then "columnKind" else empty end),
    (if ($rules | map(.id)) != ($rules | map(.id) | unique) then "rules are not sorted and unique" else empty end),
    ($rules[] | select((.shortDescription.text and .fullDescription.text and .help.text and .help.markdown) | not)
      | "rule \(.id) lacks a text"),
    ($run.results[]
      | . as $result
      | (if $rules[.ruleIndex].id != .ruleId then "ruleIndex of \(.ruleId)" else empty end),
        (if .level | IN("error", "warning", "note") | not then "level \(.level)" else empty end),
        (if (.message.text | length) == 0 then "no message" else empty end),
        (if (.partialFingerprints["addonctlFinding/v1"] | test("^[0-9a-f]{64}$") | not) then "fingerprint" else empty end),
        (if (.suppressions | type) != "array" then "suppressions" else empty end),
        (.suppressions[] | select((.kind | IN("inSource", "external") | not) or (.justification | length) == 0)
          | "suppression of \($result.ruleId)"),
        ((.locations // [])[], (.relatedLocations // [])[] | .physicalLocation
          | (if (.artifactLocation.uri | test("^(file:///)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$") | not)
              then "uri \(.artifactLocation.uri)" else empty end),
            (if (.artifactLocation.uri | startswith("file:")) == (.artifactLocation | has("uriBaseId"))
              then "uriBaseId of \(.artifactLocation.uri)" else empty end),
            (if ((.region.startLine // 0) < 1) or ((.region.startColumn // 1) < 1)
              then "region" else empty end))),
    ($run.results | map(.partialFingerprints["addonctlFinding/v1"])
      | if length != (unique | length) then "two results share a fingerprint" else empty end);
[problems] | if . == [] then true else . end | if . == true then . else halt_error(1) end
