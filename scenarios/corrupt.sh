#!/bin/sh
# A policy that is no policy is refused, and the one in force stays.
. "${0%/*}/stage.sh"

machine
watch
place hello 'C:\tools\denied.exe'
policy <<'YAML'
vigil: 1
mode: enforce
default: allow
rules:
  - deny: this one
    when: { Image|endswith: '\denied.exe' }
YAML
expect_denied 'C:\tools\denied.exe'

expect_policy_refused 'Imag' <<'YAML'
vigil: 1
mode: enforce
default: allow
rules:
  - deny: nothing
    when: { Imag: 'C:\x.exe' }
YAML
expect_denied 'C:\tools\denied.exe'

# A compiled policy with one byte changed, cut short, and empty.
folder=$(host_path 'C:\lab')
vigil compile 'C:\lab\policy.yaml' -o 'C:\lab\bad.vgp' >/dev/null 2>&1 && fail "a bad policy was compiled"
printf 'vigil: 1\nmode: enforce\ndefault: allow\nrules: []\n' >"$folder/empty.yaml"
vigil compile 'C:\lab\empty.yaml' -o 'C:\lab\good.vgp' >/dev/null || fail "vigil compile"
size=$(stat -c %s "$folder/good.vgp")
{
    head -c $((size - 8)) "$folder/good.vgp"
    printf 'XXXXXXXX'
} >"$folder/changed.vgp"
head -c $((size / 2)) "$folder/good.vgp" >"$folder/short.vgp"
: >"$folder/nothing.vgp"
for bad in changed short nothing; do
    ! vigil load "C:\\lab\\$bad.vgp" >"$work/said" 2>&1 || fail "a $bad policy was taken"
    expect_denied 'C:\tools\denied.exe'
done

finish
