#!/bin/sh
# Programs are allowed and denied by path, name, wildcard, hash, parent, command line and regular expression.
. "${0%/*}/stage.sh"

machine
watch
place hello 'C:\tools\good.exe'
place hello 'C:\tools\bad.exe'
place hello 'C:\tools\wild-17.exe'
place hello 'C:\quarantine\deep\below.exe'
place hello 'C:\tools\known.exe'
place exitcode 'C:\tools\hashed.exe'
place spawn 'C:\office\winword.exe'
hash=$(sha256_of 'C:\tools\hashed.exe')

policy <<YAML
vigil: 1
mode: enforce
default: allow
rules:
  - deny: by name
    when: { Image|endswith: '\\bad.exe' }
  - deny: by wildcard
    when: { Image: 'C:\\tools\\wild-??.exe' }
  - deny: by folder
    when: { Image|under: 'C:\\quarantine' }
  - deny: by hash
    when: { SHA256: $hash }
  - deny: by parent
    when: { ParentImage|endswith: '\\winword.exe', Image|endswith: '\\cmd.exe' }
  - deny: by command line
    when: { Image|endswith: '\\good.exe', CommandLine|contains: '--evil' }
  - deny: by expression
    when: { Image|endswith: '\\good.exe', CommandLine|re|i: '\\s-e(?:nc)?\\s+[a-z0-9+/=]{8,}' }
YAML

expect_runs 'C:\tools\good.exe'

expect_denied 'C:\tools\bad.exe'
expect_event EventType=ProcessCreate 'Image=C:\tools\bad.exe' Verdict=deny Enforced:=true 'RuleName=by name' \
    Status=0xC0000361
expect_event EventType=ProcessTerminate 'Image=C:\tools\bad.exe' Denied:=true ExitStatusHex=0xC0000361

expect_denied 'C:\tools\wild-17.exe'
expect_event 'Image=C:\tools\wild-17.exe' 'RuleName=by wildcard'

expect_denied 'C:\quarantine\deep\below.exe'
expect_event 'Image=C:\quarantine\deep\below.exe' 'RuleName=by folder'

expect_denied 'C:\tools\hashed.exe' 5
expect_event 'Image=C:\tools\hashed.exe' 'RuleName=by hash' "SHA256=$hash"

# cmd.exe itself may start, but not from winword.exe.
expect_runs cmd.exe /c exit 0
start_by 'C:\office\winword.exe' cmd.exe /c exit 0
expect_said 'started: 1260'
expect_event "Image=$system32\\cmd.exe" 'ParentImage=C:\office\winword.exe' 'RuleName=by parent'

expect_runs 'C:\tools\good.exe' --harmless
expect_denied 'C:\tools\good.exe' --evil
expect_event 'CommandLine=C:\tools\good.exe --evil' 'RuleName=by command line'

expect_runs 'C:\tools\good.exe' -enc short
expect_denied 'C:\tools\good.exe' -ENC QUJDREVGRw==
expect_event 'CommandLine=C:\tools\good.exe -ENC QUJDREVGRw==' 'RuleName=by expression'

finish
