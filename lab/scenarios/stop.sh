#!/bin/sh
# A stop is refused while somebody has the device open. Told to stop anyway, the driver's service stays in
# STOP_PENDING, as on Windows, until the last handle is closed.
. "${0%/*}/../stage.sh"

machine
place hello 'C:\tools\denied.exe'
policy <<'YAML'
vigil: 1
mode: enforce
default: allow
rules:
  - deny: this one
    when: { Image|endswith: '\denied.exe' }
YAML

lab exec hold.exe '\\.\GLOBALROOT\Device\Vigil' 60 >"$work/hold" 2>&1 &
holder=$!
watchers="$watchers $holder"
until grep -q 'hold: 0' "$work/hold"; do sleep 0.1; done

! vigil stop >"$work/said" 2>&1 || fail "vigil stop succeeded with a handle open"
expect_said 'still open'
expect_denied 'C:\tools\denied.exe' # it goes on

# Past vigil.exe's question: what the system itself does.
lab exec lab.exe service request-stop Vigil >"$work/said" 2>&1
expect_said 'request-stop: 0'
lab exec lab.exe service query Vigil >"$work/said" 2>&1
expect_said 'stop-pending'
expect_denied 'C:\tools\denied.exe'

lab exec taskkill.exe /f /im hold.exe >/dev/null 2>&1
wait "$holder" 2>/dev/null
tries=0
until lab exec lab.exe service query Vigil | grep -q stopped; do
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || fail "the driver did not stop after the last handle was closed"
    sleep 0.1
done
passed
expect_runs 'C:\tools\denied.exe'
finish
