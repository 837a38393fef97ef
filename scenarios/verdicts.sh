#!/bin/sh
# Asking, auditing, and the guards that keep a machine usable under a policy that denies all.
. "${0%/*}/stage.sh"

machine
watch
place hello 'C:\tools\asked.exe'
place hello 'C:\tools\audited.exe'

policy <<'YAML'
vigil: 1
mode: enforce
default: allow
ask: { otherwise: deny }
rules:
  - audit: noted
    when: { Image|under: 'C:\tools' }
  - ask: shall it
    when: { Image|endswith: '\asked.exe' }
YAML
expect_denied 'C:\tools\asked.exe'
expect_event 'Image=C:\tools\asked.exe' Verdict=ask Enforced:=true 'RuleName=shall it' 'AuditRules:=["noted"]'
expect_runs 'C:\tools\audited.exe'
expect_event 'Image=C:\tools\audited.exe' Verdict=allow 'AuditRules:=["noted"]'

policy <<'YAML'
vigil: 1
mode: enforce
default: allow
ask: { otherwise: allow }
rules:
  - ask: shall it
    when: { Image|endswith: '\asked.exe' }
YAML
expect_runs 'C:\tools\asked.exe'
expect_event 'Image=C:\tools\asked.exe' Verdict=ask Enforced:=false

# Nothing may start, but vigil.exe from its installed place, with which this is taken back.
[ $stage = sim ] || expect_policy_refused 'this policy lets no Windows start' <<'YAML' # the sim has no vigil.exe to say so
vigil: 1
mode: enforce
default: deny
rules: []
YAML
policy --force <<'YAML'
vigil: 1
mode: enforce
default: deny
rules: []
YAML
expect_denied_alone hello.exe
expect_denied_alone 'C:\lab\vigil.exe' status
take_back
expect_event 'Image=C:\Program Files\Vigil\vigil.exe' Verdict=deny Enforced:=false Guard=tool
expect_runs hello.exe

finish
