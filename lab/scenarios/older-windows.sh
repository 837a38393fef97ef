#!/bin/sh
# Without what newer versions of Windows brought: the older registration, no normalised names, no ExAllocatePool2. And in
# safe mode nothing is blocked.
. "${0%/*}/../stage.sh"

LAB_WINDOWS=win7
export LAB_WINDOWS
bare_machine
printf '%s\n' PsSetCreateProcessNotifyRoutineEx2 ExAllocatePool2 PsIsProtectedProcess \
    MmDoesFileHaveUserWritableReferences IoGetTransactionParameterBlock >"$(lab path 'C:\lab\hide')"
install_vigil
vigil start >"$work/said" 2>&1 || fail "vigil.sys does not start"
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
vigil status >"$work/said" 2>&1
grep -q 'PsSetCreateProcessNotifyRoutineEx$' "$work/said" || fail "registered with another routine"
passed
expect_denied 'C:\tools\denied.exe'
expect_event 'Image=C:\tools\denied.exe' Enforced:=true ImageSource=file-name

# shellcheck disable=SC2086
kill $watchers 2>/dev/null
wait
watchers=
vigil stop >"$work/said" 2>&1 || fail "vigil stop"
: >"$(lab path 'C:\lab\safe-mode')"
vigil start >"$work/said" 2>&1 || fail "vigil start"
expect_runs 'C:\tools\denied.exe'
finish
