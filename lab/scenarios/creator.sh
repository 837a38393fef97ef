#!/bin/sh
# The creator of a denied process sees its CreateProcess fail; children of children are decided too; the end of a
# process is recorded with its status and its run time.
. "${0%/*}/../stage.sh"

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

# With the policy's own status: "This program is blocked by group policy."
expect_denied 'C:\tools\denied.exe'

# cmd.exe says it in its own way, and goes on.
lab run cmd.exe /c 'C:\tools\denied.exe & echo cmd goes on' >"$work/said" 2>&1
expect_said 'cmd goes on'
! grep -q '^hello' "$work/said" || fail "the denied program ran"

# The grandchild of spawn.exe is decided like any other.
lab run spawn.exe -- spawn.exe -- 'C:\tools\denied.exe' >"$work/said" 2>&1
expect_said 'started: 1260'
lab run spawn.exe -- spawn.exe -- spawn.exe -- hello.exe >"$work/said" 2>&1
expect_said 'hello from'

# Ends.
expect_runs exitcode.exe 42 300
expect_said 'started: 0 exit 42'
expect_event EventType=ProcessTerminate 'Image=C:\lab\exitcode.exe' ExitStatus:=42
seconds=$(member_of RunTime EventType=ProcessTerminate 'Image=C:\lab\exitcode.exe' ExitStatus:=42)
awk "BEGIN { exit !($seconds >= 0.3 && $seconds < 10) }" || fail "a run time of $seconds s"
passed

# Another status.
policy <<'YAML'
vigil: 1
mode: enforce
default: allow
deny-status: access-denied
rules:
  - deny: this one
    when: { Image|endswith: '\denied.exe' }
YAML
expect_denied -e 5 'C:\tools\denied.exe'
expect_event 'Image=C:\tools\denied.exe' Status=0xC0000022

# Monitor: decided and recorded, not blocked.
vigil mode monitor >"$work/said" 2>&1 || fail "vigil mode monitor"
expect_runs 'C:\tools\denied.exe'
expect_event 'Image=C:\tools\denied.exe' Verdict=deny Enforced:=false Guard=monitor

finish
