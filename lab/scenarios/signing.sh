#!/bin/sh
# The two traps of the process callback: without the integrity bit the registration is refused (0xC0000022), with it and
# without a signature the image is (0xC0000428, error 577). The user is told what it means.
. "${0%/*}/../stage.sh"

bare_machine
install_vigil vigil-nointegrity.sys
vigil start >"$work/said" 2>&1 # the driver loads; it says itself why it cannot decide
vigil status >>"$work/said" 2>&1
expect_said '0xC0000022'
expect_said 'integrity'
vigil stop >/dev/null 2>&1
vigil uninstall >/dev/null 2>&1

install_vigil vigil.unsigned.sys
! vigil start >"$work/said" 2>&1 || fail "an unsigned driver was loaded"
expect_said '577'
expect_said 'signature'
vigil uninstall >/dev/null 2>&1

install_vigil
vigil start >"$work/said" 2>&1 || fail "the signed driver does not start"
passed
finish
