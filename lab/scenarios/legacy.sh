#!/bin/sh
# vigil-xp.sys, told by PsSetCreateProcessNotifyRoutine: it looks the image up, ends what it denies before its first instruction, and
# its creator sees a child that dies.
. "${0%/*}/../stage.sh"

LAB_WINDOWS=winxp
export LAB_WINDOWS
bare_machine
printf '%s\n' PsSetCreateProcessNotifyRoutineEx PsSetCreateProcessNotifyRoutineEx2 ExAllocatePool2 PsIsProtectedProcess KeAreAllApcsDisabled \
    MmDoesFileHaveUserWritableReferences IoGetTransactionParameterBlock IoCreateFileEx SeLocateProcessImageName \
    >"$(lab path 'C:\lab\hide')"
install_vigil vigil-xp.sys
vigil start >"$work/said" 2>&1 || fail "vigil-xp.sys does not start"
vigil status >"$work/said" 2>&1
grep -q 'PsSetCreateProcessNotifyRoutine$' "$work/said" || fail "registered with another routine"
watch
place hello 'C:\tools\good.exe'
place hello 'C:\tools\denied.exe'
place spawn 'C:\office\winword.exe'

# A policy that asks for hashes is refused, and says why.
expect_policy_refused 'asks for hashes' <<'YAML'
vigil: 1
mode: enforce
default: allow
rules:
  - deny: by hash
    when: { SHA256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 }
YAML

policy <<'YAML'
vigil: 1
mode: enforce
default: allow
images: true
rules:
  - deny: by name
    when: { Image|endswith: '\denied.exe' }
  - deny: by parent
    when: { ParentImage|endswith: '\winword.exe', Image|endswith: '\exitcode.exe' }
  - deny: by command line
    when: { Image|endswith: '\good.exe', CommandLine|contains: '--evil' }
YAML

# expect_ended PROGRAM [ARGUMENTS]: its creator sees it end with the policy's status, and nothing of it ran.
expect_ended() {
    start "$@"
    expect_said "started: 0 exit $((0xC0000361))"
    ! grep -q '^hello' "$work/said" || fail "ran: $*"
    passed
}

expect_runs 'C:\tools\good.exe'
expect_event EventType=ProcessCreate 'Image=C:\tools\good.exe' Verdict=allow ImageSource=process 'UnknownFacts:=["CommandLine"'

marker=$(lab path 'C:\tools\ran')
expect_ended 'C:\tools\denied.exe' 'C:\tools\ran'
[ ! -e "$marker" ] || fail "the denied program ran"
expect_event EventType=ProcessCreate 'Image=C:\tools\denied.exe' Verdict=deny Enforced:=true 'RuleName=by name' Status=0xC0000361
expect_event EventType=ProcessTerminate 'Image=C:\tools\denied.exe' Denied:=true ExitStatusHex=0xC0000361

start exitcode.exe 7
expect_said 'started: 0 exit 7'
expect_event EventType=ProcessTerminate 'Image=C:\lab\exitcode.exe' ExitStatus:=7 Denied:=false
start_by 'C:\office\winword.exe' exitcode.exe 7
expect_said "started: 0 exit $((0xC0000361))"
expect_event 'Image=C:\lab\exitcode.exe' 'ParentImage=C:\office\winword.exe' 'RuleName=by parent'

# A command line is unknown here: the rule on it matches nothing, and the record says so.
expect_runs 'C:\tools\good.exe' --evil

expect_event EventType=ImageLoad 'Image=C:\tools\good.exe'

finish
