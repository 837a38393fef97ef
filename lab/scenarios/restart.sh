#!/bin/sh
# The driver is stopped and started 20 times while programs start. Those that start while it is away just run.
. "${0%/*}/../stage.sh"

machine
policy <<'YAML'
vigil: 1
mode: enforce
default: allow
rules:
  - deny: this one
    when: { Image|endswith: '\denied.exe' }
YAML
place hello 'C:\tools\denied.exe'

lab run spawn.exe -n 400 -j 3 -- exitcode.exe 0 >"$work/starts" 2>&1 &
starts=$!
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    vigil stop >"$work/said" 2>&1 || fail "vigil stop, turn $turn"
    vigil start >"$work/said" 2>&1 || fail "vigil start, turn $turn"
    passed
done
wait "$starts"
grep -q '^started 400 failed 0' "$work/starts" || fail "$(cat "$work/starts")"
passed

# What was loaded before is in force after the last start, from the policy's file.
expect_denied 'C:\tools\denied.exe'
finish
