#!/bin/sh
# Names outside ASCII in paths and command lines, and command lines of 32,000 characters.
. "${0%/*}/stage.sh"

machine
watch
place hello 'C:\программы\привет.exe'
place hello 'C:\tools\🙂 smile.exe'
place hello 'C:\tools\long.exe'

policy <<'YAML'
vigil: 1
mode: enforce
default: allow
rules:
  - deny: Cyrillic, in the other case
    when: { Image: 'C:\ПРОГРАММЫ\ПРИВЕТ.EXE', CommandLine|contains: 'нельзя' }
  - deny: emoji
    when: { Image|endswith: '\🙂 smile.exe', CommandLine|contains: '🚫' }
  - deny: a long one, at its end
    when: { CommandLine|endswith: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', CommandLine|contains: '--long' }
YAML

expect_runs 'C:\программы\привет.exe'
expect_event 'Image=C:\программы\привет.exe' Verdict=allow
expect_denied 'C:\программы\привет.exe' НЕЛЬЗЯ
expect_event 'Image=C:\программы\привет.exe' 'RuleName=Cyrillic, in the other case'

expect_runs 'C:\tools\🙂 smile.exe'
expect_event 'Image=C:\tools\🙂 smile.exe' Verdict=allow
expect_denied 'C:\tools\🙂 smile.exe' 🚫
expect_event 'Image=C:\tools\🙂 smile.exe' RuleName=emoji

start_long 32000 'C:\tools\long.exe' --long
expect_said 'started: 1260'
expect_event 'Image=C:\tools\long.exe' 'RuleName=a long one, at its end'
length=$(events_with 'Image=C:\tools\long.exe' EventType=ProcessCreate | sed -n 's/.*"CommandLine":"\([^"]*\)".*/\1/p' | tr -d '\n' | sed 's/\\\\/\\/g' | wc -m)
[ "$length" = 32000 ] || fail "the command line in the event has $length characters"
passed

finish
