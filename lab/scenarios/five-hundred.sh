#!/bin/sh
# 500 starts in a row, then 256 of which 64 are under way at once, without a lost event.
. "${0%/*}/../stage.sh"

machine
watch
policy <<'YAML'
vigil: 1
mode: enforce
default: allow
rules:
  - deny: denied ones
    when: { Image|endswith: '\denied.exe' }
YAML
place exitcode 'C:\tools\denied.exe'

lab run spawn.exe -n 500 -- exitcode.exe 3 >"$work/said" 2>&1
expect_said 'started 500 failed 0'
expect_count 500 EventType=ProcessCreate 'Image=C:\lab\exitcode.exe'
expect_count 500 EventType=ProcessTerminate 'Image=C:\lab\exitcode.exe' ExitStatus:=3

lab run spawn.exe -n 256 -j 64 -- 'C:\tools\denied.exe' >"$work/said" 2>&1
expect_said 'started 0 failed 256 error 1260'
expect_count 256 EventType=ProcessCreate 'Image=C:\tools\denied.exe' Enforced:=true
expect_count 256 EventType=ProcessTerminate 'Image=C:\tools\denied.exe' Denied:=true

expect_whole_sequence
finish
