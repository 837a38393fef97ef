#!/bin/sh
# Policies are replaced while programs start: each start is decided by one whole policy, and none is missed.
. "${0%/*}/../stage.sh"

machine
watch
place exitcode 'C:\tools\a.exe'
place exitcode 'C:\tools\b.exe'
folder=$(lab path 'C:\lab')

# Two policies, each of which denies one of the two programs and allows the other.
for letter in a b; do
    cat >"$folder/deny-$letter.yaml" <<YAML
vigil: 1
mode: enforce
default: allow
rules:
  - deny: deny $letter
    when: { Image: 'C:\\tools\\$letter.exe' }
YAML
    vigil compile "C:\\lab\\deny-$letter.yaml" -o "C:\\lab\\deny-$letter.vgp" >"$work/said" 2>&1 || fail "vigil compile"
done
vigil load 'C:\lab\deny-a.vgp' >/dev/null || fail "vigil load"

lab run spawn.exe -n 200 -j 2 -- 'C:\tools\a.exe' >"$work/a" 2>&1 &
a=$!
lab run spawn.exe -n 200 -j 2 -- 'C:\tools\b.exe' >"$work/b" 2>&1 &
b=$!
for turn in 1 2 3 4 5 6 7 8 9 10; do
    vigil load 'C:\lab\deny-b.vgp' >/dev/null || fail "vigil load, turn $turn"
    vigil load 'C:\lab\deny-a.vgp' >/dev/null || fail "vigil load, turn $turn"
done
wait "$a"
wait "$b"

expect_count 200 EventType=ProcessCreate 'Image=C:\tools\a.exe'
expect_count 200 EventType=ProcessCreate 'Image=C:\tools\b.exe'
for letter in a b; do
    events_with EventType=ProcessCreate "Image=C:\\tools\\$letter.exe" |
        grep -v -e '"Verdict":"allow"' -e "\"RuleName\":\"deny $letter\"" >"$work/said" && fail "a start was decided by half a policy"
    denied=$(events_with EventType=ProcessCreate "Image=C:\\tools\\$letter.exe" Enforced:=true | wc -l)
    grep -q "failed $denied " "$work/$letter" || fail "$denied of $letter denied, but: $(cat "$work/$letter")"
    passed
done
expect_whole_sequence
finish
