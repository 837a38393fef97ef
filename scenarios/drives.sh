#!/bin/sh
# Programs on a removable drive.
. "${0%/*}/stage.sh"

machine
watch
insert_stick
place hello 'D:\stick\tool.exe'
place hello 'C:\tools\tool.exe'
policy <<'YAML'
vigil: 1
mode: enforce
default: allow
rules:
  - deny: programs on removable drives
    when: { Drive: removable }
YAML
expect_runs 'C:\tools\tool.exe'
expect_event 'Image=C:\tools\tool.exe' Drive=fixed
expect_denied 'D:\stick\tool.exe'
expect_event 'Image=D:\stick\tool.exe' Drive=removable 'RuleName=programs on removable drives'
finish
