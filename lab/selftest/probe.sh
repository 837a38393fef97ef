#!/bin/sh
# The lab proves itself with probe.sys: what it supplies, and the traps it answers as Windows does.
. "${0%/*}/../stage.sh"

service() { lab exec lab.exe service "$@" >"$work/said" 2>&1; }
recorded() { lab exec probe.exe take >"$work/said" 2>&1; }

expect_service() {
    answer=$1
    shift
    service "$@"
    tr -d '\r' <"$work/said" | grep -qx "$answer" || fail "service $*: not $answer"
    passed
}

bare_machine
folder=$(lab path 'C:\lab')
cp "$LAB_PRODUCTS/probe.sys" "$LAB_PRODUCTS/probe-nobit.sys" "$LAB_PRODUCTS/probe.unsigned.sys" "$folder/" || fail "probe.sys is not built"
place hello 'C:\lab\denied.exe'

# Without the integrity bit, without a signature, as it should be.
service install nobit 'C:\lab\probe-nobit.sys' VigilLab
service install unsigned 'C:\lab\probe.unsigned.sys' VigilLab
service install probe 'C:\lab\probe.sys' VigilLab
expect_service 'start: 5' start nobit
expect_service 'start: 577' start unsigned
expect_service 'start: 0' start probe

# A start, its images, its end.
expect_runs hello.exe
expect_said 'hello from'
recorded
expect_said 'image \lab\hello.exe'
expect_said '\Device\HarddiskVolume3\windows\system32\kernel32.dll'
grep -q '^exit [0-9]* status 0' "$work/said" || fail "no exit was recorded"
passed

# A denied one does not run; its creator sees why; its exit is reported.
expect_denied denied.exe
recorded
expect_said 'image \lab\denied.exe denied'
expect_said 'status c0000361'

# Long command lines, forged parents.
lab run spawn.exe -l 32000 -- exitcode.exe >/dev/null 2>&1
recorded
expect_said 'command-bytes 64000'
lab run exitcode.exe 0 3000 >/dev/null 2>&1 &
target=$!
until recorded && grep -q exitcode "$work/said"; do sleep 0.1; done
parent=$(sed -n 's/^create \([0-9]*\) .*exitcode.*/\1/p' "$work/said")
lab run spawn.exe -p "$parent" -- hello.exe >/dev/null 2>&1
recorded
expect_said "parent $parent creator"
wait "$target"

# Many at once, allowed and denied.
recorded
lab run spawn.exe -n 128 -j 64 -- exitcode.exe 3 >"$work/said" 2>&1
expect_said 'started 128 failed 0'
lab run spawn.exe -n 128 -j 64 -- denied.exe >"$work/said" 2>&1
expect_said 'started 0 failed 128 error 1260'
recorded
[ "$(grep -c '^create' "$work/said")" = "$(grep -c '^exit' "$work/said")" ] || fail "starts and exits differ"
passed

# A driver with an open handle is not unloaded, and cannot be opened any more.
lab exec probe.exe hold 60 >"$work/hold" 2>&1 &
holder=$!
until grep -q open "$work/hold"; do sleep 0.1; done
expect_service 'request-stop: 0' request-stop probe
expect_service 'stop-pending' query probe
recorded && fail "the device could be used while the unload was pending"
lab exec taskkill.exe /f /im probe.exe >/dev/null 2>&1
wait "$holder" 2>/dev/null
until service query probe && grep -q stopped "$work/said"; do sleep 0.1; done

# A reader killed while its read is pended leaves nothing behind.
expect_service 'start: 0' start probe
lab exec probe.exe read >"$work/read" 2>&1 &
reader=$!
until grep -q reading "$work/read"; do sleep 0.1; done
lab exec taskkill.exe /f /im probe.exe >/dev/null 2>&1
wait "$reader" 2>/dev/null
expect_service 'stop: 0' stop probe

# Stopped and started while programs start.
lab run spawn.exe -n 200 -j 2 -- exitcode.exe 0 >"$work/starts" 2>&1 &
starts=$!
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    expect_service 'start: 0' start probe
    expect_service 'stop: 0' stop probe
done
wait "$starts"
grep -q 'started 200 failed 0' "$work/starts" || fail "$(cat "$work/starts")"

# A launcher that is killed: the ends of its processes are reported all the same.
expect_service 'start: 0' start probe
lab run exitcode.exe 0 60000 >/dev/null 2>&1 &
until recorded && grep -q exitcode "$work/said"; do sleep 0.1; done
lab exec taskkill.exe /f /im lab.exe >/dev/null 2>&1
tries=0
until recorded && grep -q '^exit' "$work/said"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail "the exit was not reported"
    sleep 0.1
done
passed
expect_service 'stop: 0' stop probe

# Every creation was seen by the hook, none only by the debugger, and the driver kept Windows' rules.
lab status >"$work/said"
expect_said 'unhooked 0'
lab check >"$work/said" 2>&1 || fail "probe.sys broke a rule of Windows"
passed

# The safety net: without the hook a denied program ends before its first instruction all the same.
expect_service 'start: 0' start probe
lab exec lab.exe run --no-hook -- denied.exe >"$work/said" 2>&1
grep -q '^hello' "$work/said" && fail "the denied program ran without the hook"
lab exec lab.exe run --no-hook -- spawn.exe -- hello.exe >"$work/said" 2>&1
expect_said 'hello from'
recorded
expect_said 'image \lab\denied.exe denied'
expect_said 'status c0000361'
lab status >"$work/said"
expect_said 'unhooked 2'

# What a driver forgets is noticed.
lab exec probe.exe misbehave
lab run hello.exe >/dev/null 2>&1
expect_service 'stop: 0' stop probe
! lab check >"$work/said" 2>&1 || fail "the lab did not notice what probe.sys forgot"
expect_said 'a routine took '
expect_said '1 pool blocks (64 bytes) with tag'
expect_said '1 references to a process object'
expect_said '1 handles were not closed'
expect_said 'ObOpenObjectByPointer without OBJ_KERNEL_HANDLE'
