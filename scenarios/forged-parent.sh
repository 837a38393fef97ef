#!/bin/sh
# A process made with another process as its parent (PROC_THREAD_ATTRIBUTE_PARENT_PROCESS) is shown as Reparented, with
# its real creator, and can be denied for that.
. "${0%/*}/stage.sh"

machine
watch
place hello 'C:\tools\child.exe'

policy <<'YAML'
vigil: 1
mode: enforce
default: allow
rules:
  - deny: a forged parent
    when: { Reparented: 'true', CommandLine|contains: '--forged' }
YAML

# Somebody to be named as the parent.
keep_running

start_below "$running" 'C:\tools\child.exe'
expect_said 'started: 0'
expect_event 'Image=C:\tools\child.exe' Reparented:=true ParentProcessId:="$running" 'ParentImage=C:\lab\exitcode.exe' \
    'CreatorImage=C:\lab\spawn.exe'

start_below "$running" 'C:\tools\child.exe' --forged
expect_said 'started: 1260'
expect_event 'Image=C:\tools\child.exe' 'RuleName=a forged parent' Enforced:=true

# Its true child is not.
expect_runs 'C:\tools\child.exe' --forged
expect_event 'Image=C:\tools\child.exe' Reparented:=false 'ParentImage=C:\lab\spawn.exe'

finish
