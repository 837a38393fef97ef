#!/bin/sh
# Vigil folds case as the system does: all 65,536 units.
. "${0%/*}/../stage.sh"

bare_machine
lab exec upcase.exe >"$work/said" 2>&1
expect_said '0 units differ'
