#!/bin/sh
# Every kind of hash denies the program it is of, and its neighbour runs.
. "${0%/*}/stage.sh"

machine
watch
place hello 'C:\tools\plain.exe'
place exitcode 'C:\tools\md5.exe'
place spawn 'C:\tools\sha1.exe'
place_described 'C:\tools\imports.exe'
place_described 'C:\tools\signed.exe'
md5=$(hash_of md5 'C:\tools\md5.exe')
sha1=$(hash_of sha1 'C:\tools\sha1.exe')
imphash=$(hash_of imphash 'C:\tools\imports.exe')
authentihash=$(hash_of authentihash 'C:\tools\signed.exe')
[ "$md5" = "$(md5sum "$(host_path 'C:\tools\md5.exe')" | cut -d ' ' -f 1)" ] || fail "vigil hash --md5 is not md5sum's"
[ "$sha1" = "$(sha1sum "$(host_path 'C:\tools\sha1.exe')" | cut -d ' ' -f 1)" ] || fail "vigil hash --sha1 is not sha1sum's"

policy <<YAML
vigil: 1
mode: enforce
default: allow
rules:
  - deny: by MD5
    when: { Image|under: 'C:\\tools', Hashes|contains: 'MD5=$md5' }
  - deny: by SHA1
    when: { Image|under: 'C:\\tools', Hashes|contains: 'SHA1=$sha1' }
  - deny: by imports
    when: { Image|endswith: '\\imports.exe', IMPHASH: $imphash }
  - deny: as for a signature
    when: { Image|under: 'C:\\tools', AuthentiHash: $authentihash }
YAML

expect_denied 'C:\tools\md5.exe' 5
expect_event 'Image=C:\tools\md5.exe' 'RuleName=by MD5' "MD5=$md5"

expect_denied 'C:\tools\sha1.exe'
expect_event 'Image=C:\tools\sha1.exe' 'RuleName=by SHA1' "SHA1=$sha1"

expect_denied 'C:\tools\imports.exe' --version
expect_event 'Image=C:\tools\imports.exe' 'RuleName=by imports' "IMPHASH=$imphash"

expect_denied 'C:\tools\signed.exe' --version
expect_event 'Image=C:\tools\signed.exe' 'RuleName=as for a signature' "AuthentiHash=$authentihash"

expect_runs 'C:\tools\plain.exe'

finish
