#!/bin/sh
# A rule on a path holds however the path is spelled (8.3, other case), and for no other path: not for a look-alike
# folder, not for a named stream below an allowed folder.
. "${0%/*}/stage.sh"

machine
watch
place hello 'C:\Program Files\Denied Things\A Long Name.exe'
place hello 'C:\Program Files\Good\fine.exe'
place hello 'C:\Program Fıles\Good\fine.exe' # a dotless i
# The host's file system has no streams; a file of that name is what the driver would see of one.
place hello "$windir\Temp:stream.exe"

policy <<'YAML'
vigil: 1
mode: enforce
default: deny
rules:
  - deny: a long name
    when: { Image: 'C:\Program Files\Denied Things\A Long Name.exe' }
  - allow: installed programs
    when: { Image|under: ['%WINDIR%', '%PROGRAMFILES%'] }
  - allow: the lab's own
    when: { Image|under: 'C:\lab' }
YAML

expect_denied 'C:\Program Files\Denied Things\A Long Name.exe'
expect_denied 'c:\PROGRAM FILES\denied things\A LONG NAME.EXE'
short=$(short_name_of 'C:\Program Files\Denied Things\A Long Name.exe')
case $short in
*~*) ;;
*) fail "no 8.3 name: $short" ;;
esac
expect_denied "$short"
expect_count 3 EventType=ProcessCreate 'Image=C:\Program Files\Denied Things\A Long Name.exe' 'RuleName=a long name'

expect_runs 'C:\Program Files\Good\fine.exe'
expect_denied 'C:\Program Fıles\Good\fine.exe'
expect_event 'Image=C:\Program Fıles\Good\fine.exe' Verdict=deny Reason=default

expect_runs cmd.exe /c exit 0
expect_denied "$windir\Temp:stream.exe"
expect_event "Image=$windir\Temp:stream.exe" Verdict=deny Reason=default

finish
