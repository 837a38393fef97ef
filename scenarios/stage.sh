# The stage that a scenario of this folder runs on: VIGIL_STAGE, lab or sim.
# shellcheck shell=sh
case ${VIGIL_STAGE:-lab} in
lab) . "${0%/*}/../lab/stage.sh" ;;
sim) . "${0%/*}/../sim/stage/stage.sh" ;;
esac
