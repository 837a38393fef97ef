#!/bin/sh
# Image loads are recorded when the policy or the option asks for it, and only then.
. "${0%/*}/../stage.sh"

machine
watch
policy <<'YAML'
vigil: 1
mode: monitor
default: allow
rules: []
YAML
expect_runs loaddll.exe version.dll
expect_count 0 EventType=ImageLoad

vigil load 'C:\lab\policy.yaml' --images >"$work/said" 2>&1 || fail "vigil load --images"
expect_runs loaddll.exe version.dll
expect_event EventType=ImageLoad 'Image=C:\lab\loaddll.exe' 'ImageLoaded=\Device\HarddiskVolume3\windows\system32\version.dll'
expect_event EventType=ImageLoad 'Image=C:\lab\loaddll.exe' 'ImageLoaded=\Device\HarddiskVolume3\windows\system32\ntdll.dll'

finish
