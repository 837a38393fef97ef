#!/bin/sh
# Two watchers see the same; one that is killed while its read is pended disturbs nobody.
. "${0%/*}/../stage.sh"

machine
watch
watch second
lab run hello.exe >/dev/null 2>&1
expect_event EventType=ProcessTerminate 'Image=C:\lab\hello.exe'
sleep 0.5
cmp -s "$work/events" "$work/second" || fail "the two watchers saw different things"
passed
[ "$(vigil status | sed -n 's/^handles *\([0-9]*\).*/\1/p')" = 3 ] || fail "three handles should be open"
passed

# Both reads are pended now. The second watcher is killed, not asked: its handle is closed for it.
pkill -KILL -P "${watchers##* }" || fail "the second watcher is not there"
wait "${watchers##* }" 2>/dev/null
tries=0
until vigil status | grep -q '^handles *2 '; do
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || fail "the handle of the killed watcher is open still"
    sleep 0.1
done
passed
expect_runs exitcode.exe 0
expect_event EventType=ProcessTerminate 'Image=C:\lab\exitcode.exe'
expect_whole_sequence

finish
