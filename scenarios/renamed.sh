#!/bin/sh
# A renamed program is known by its version resource, which is read when an undecided rule asks, and only then.
. "${0%/*}/stage.sh"

machine
watch
place hello 'C:\tools\plain.exe'
place_described 'C:\tools\innocent.exe'
place_described 'C:\other\innocent.exe'

policy <<YAML
vigil: 1
mode: enforce
default: allow
rules:
  - deny: renamed
    when: { Image|under: 'C:\\tools', OriginalFileName: '$(printf %s "$described_name" | tr a-z A-Z)', FileVersion|exists: true }
    except: { Image|endswith: '\\vigil.exe' }
YAML

expect_denied 'C:\tools\innocent.exe' --version
expect_event 'Image=C:\tools\innocent.exe' 'RuleName=renamed' "OriginalFileName=$described_name"

expect_runs 'C:\tools\plain.exe'
expect_event 'Image=C:\tools\plain.exe' OriginalFileName:=null

# Not below C:\tools: nobody has to know.
expect_runs 'C:\other\innocent.exe' --version
expect_event 'Image=C:\other\innocent.exe' Verdict=allow
