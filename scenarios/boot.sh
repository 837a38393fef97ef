#!/bin/sh
# Until a boot is confirmed only explicit denials hold; one that never was makes the next a monitor.
. "${0%/*}/stage.sh"

machine
watch
place hello 'C:\tools\denied.exe'
place hello 'C:\tools\other.exe'
policy --force <<'YAML'
vigil: 1
mode: enforce
default: deny
rules:
  - deny: this one
    when: { Image|endswith: '\denied.exe' }
  - allow: the lab's own
    when: { Image|under: 'C:\lab' }
YAML
expect_denied 'C:\tools\denied.exe'
expect_denied 'C:\tools\other.exe'

restart() {
    vigil stop >"$work/said" 2>&1 || fail "vigil stop"
    vigil start --no-confirm >"$work/said" 2>&1 || fail "vigil start"
}

restart
expect_denied 'C:\tools\denied.exe'
expect_runs 'C:\tools\other.exe' # the default waits for the confirmation
vigil confirm >"$work/said" 2>&1 || fail "vigil confirm"
expect_denied 'C:\tools\other.exe'

restart # confirmed before: the same again, but nobody confirms this one
expect_denied 'C:\tools\denied.exe'
restart
expect_runs 'C:\tools\denied.exe'
finish
