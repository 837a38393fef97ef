# The verbs a scenario is written in. A scenario is a file in lab/scenarios that begins with
#     . "${0%/*}/../stage.sh"
# and is run with the build folder as its argument. It has a machine of its own, which ends with it.
# shellcheck shell=sh

set -u
stage_folder=$(cd "${0%/*}/.." && pwd)
scenario=${0##*/}
LAB=${scenario%.sh}
LAB_PRODUCTS=${1:-$stage_folder/../build/windows-x64}
LC_ALL=C.UTF-8
export LAB LAB_PRODUCTS LC_ALL
work=$(mktemp -d)
watchers=
checks=0

lab() { "$stage_folder/lab" "$@"; }

fail() {
    printf '%s: FAILED: %s\n' "$scenario" "$*" >&2
    [ ! -s "$work/said" ] || tail -n 12 "$work/said" | cut -c 1-300 | sed 's/^/    said: /' >&2
    exit 1
}

passed() { checks=$((checks + 1)); }

leave() {
    code=$?
    trap - EXIT
    # shellcheck disable=SC2086 # a list of process ids
    [ -z "$watchers" ] || kill $watchers 2>/dev/null
    lab stop
    rm -rf "$work"
    [ "$code" != 0 ] || printf '%s: %d checks passed\n' "$scenario" "$checks"
    exit "$code"
}
trap leave EXIT
trap 'exit 1' HUP INT TERM

# --- the machine ------------------------------------------------------------------------------------------------

# bare_machine: lab.sys and nothing else.
bare_machine() {
    lab start || fail "the machine does not start"
}

# machine: Vigil is installed and runs, without a policy.
machine() {
    bare_machine
    install_vigil
    vigil start >"$work/said" 2>&1 || fail "vigil.sys does not start"
}

# install_vigil [NAME.sys]: the shipped files, or another build of the driver.
install_vigil() {
    cp "$LAB_PRODUCTS/vigil.exe" "$(lab path 'C:\lab')/" || fail "vigil.exe is not built"
    cp "$LAB_PRODUCTS/${1:-vigil.sys}" "$(lab path 'C:\lab\vigil.sys')" || fail "${1:-vigil.sys} is not built"
    vigil install --demand --group VigilLab >"$work/said" 2>&1 || fail "vigil install"
}

vigil() { lab exec 'C:\lab\vigil.exe' "$@"; }

# place PROGRAM 'C:\FOLDER\NAME.exe': a copy of one of lab/programs.
place() {
    target=$(lab path "$2")
    mkdir -p "${target%/*}" && cp "$(lab path 'C:\lab')/$1.exe" "$target" || fail "$2 cannot be made"
}

sha256_of() { sha256sum "$(lab path "$1")" | cut -d ' ' -f 1; }

# --- policy -----------------------------------------------------------------------------------------------------

# policy [OPTIONS OF vigil load] <<'YAML': puts a policy in force.
policy() {
    cat >"$(lab path 'C:\lab')/policy.yaml"
    vigil load 'C:\lab\policy.yaml' "$@" >"$work/said" 2>&1 || fail "the policy is not taken"
}

# expect_refused TEXT <<'YAML': vigil load fails and says so.
expect_policy_refused() {
    cat >"$(lab path 'C:\lab')/policy.yaml"
    ! vigil load 'C:\lab\policy.yaml' >"$work/said" 2>&1 || fail "a bad policy was taken"
    grep -qF -- "$1" "$work/said" || fail "the refusal does not say: $1"
    passed
}

# --- starts -----------------------------------------------------------------------------------------------------

# start PROGRAM [ARGUMENTS]: C:\lab\spawn.exe starts it; its output and spawn's are in $work/said.
start() {
    lab run spawn.exe -- "$@" >"$work/said" 2>&1
}

# expect_runs PROGRAM [ARGUMENTS]
expect_runs() {
    start "$@"
    grep -q '^started: 0 ' "$work/said" || fail "did not run: $*"
    passed
}

# expect_denied [-e WIN32-ERROR] PROGRAM [ARGUMENTS]: its creator sees the error, and nothing of it runs.
expect_denied() {
    expected=1260
    if [ "$1" = -e ]; then
        expected=$2
        shift 2
    fi
    start "$@"
    grep -q '^hello' "$work/said" && fail "ran although it was denied: $*"
    tr -d '\r' <"$work/said" | grep -qx "started: $expected" || fail "its creator did not see error $expected: $*"
    passed
}

# expect_said TEXT: in the output of the last program.
expect_said() {
    grep -qF -- "$1" "$work/said" || fail "was not said: $1"
    passed
}

# --- events -----------------------------------------------------------------------------------------------------

# watch [NAME]: collects every event from the oldest on in $work/NAME (events).
watch() {
    (
        LAB_TIMEOUT=600
        export LAB_TIMEOUT
        exec "$stage_folder/lab" exec 'C:\lab\vigil.exe' watch --json --from-start
    ) >"$work/${1:-events}" 2>"$work/watch-errors" </dev/null &
    watchers="$watchers $!"
}

json_string() { printf '"%s"' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')"; }

# KEY=TEXT as the JSON has it; KEY:=VALUE takes the value as it stands (numbers, true, null).
json_member() {
    case $1 in
    *:=*) printf '"%s":%s' "${1%%:=*}" "${1#*:=}" ;;
    *) printf '"%s":%s' "${1%%=*}" "$(json_string "${1#*=}")" ;;
    esac
}

# events_with MEMBER...: the events that have them all.
events_with() {
    cp "$work/events" "$work/matching"
    for member in "$@"; do
        grep -F -- "$(json_member "$member")" "$work/matching" >"$work/narrower"
        mv "$work/narrower" "$work/matching"
    done
    cat "$work/matching"
}

# expect_event MEMBER...: such an event is there, or comes within ten seconds.
expect_event() {
    tries=0
    while [ -z "$(events_with "$@")" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || fail "no such event: $*
$(tail -n 3 "$work/events")"
        sleep 0.1
    done
    passed
}

# member_of NAME MEMBER...: the value of a number or text in the first event that has the members.
member_of() {
    wanted=$1
    shift
    events_with "$@" | head -n 1 | sed -n 's/.*"'"$wanted"'":"\{0,1\}\([^",}]*\).*/\1/p'
}

# expect_count N MEMBER...: exactly so many, once the events have come to rest.
expect_count() {
    wanted=$1
    shift
    tries=0
    while [ "$(events_with "$@" | wc -l)" -lt "$wanted" ] && [ "$tries" -lt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    [ "$(events_with "$@" | wc -l)" = "$wanted" ] || fail "$(events_with "$@" | wc -l) events instead of $wanted: $*"
    passed
}

# sequences_are_whole: the numbers of all events, without a gap or a repetition.
expect_whole_sequence() {
    sed -n 's/.*"Sequence":\([0-9]*\).*/\1/p' "$work/${1:-events}" |
        awk 'NR > 1 && $1 != last + 1 { print last, "is followed by", $1; bad = 1 } { last = $1 } END { exit bad }' \
            >"$work/said" || fail "events are missing in ${1:-events}"
    ! grep -q '"EventType":"Lost"' "$work/${1:-events}" || fail "events were reported lost"
    passed
}

# --- the end ----------------------------------------------------------------------------------------------------

# finish: Vigil stops, and has left nothing behind and broken no rule of Windows on the way.
finish() {
    # shellcheck disable=SC2086
    [ -z "$watchers" ] || { kill $watchers 2>/dev/null; wait $watchers 2>/dev/null; watchers=; }
    vigil stop >"$work/said" 2>&1 || fail "vigil stop"
    lab check >"$work/said" 2>&1 || fail "the driver broke a rule of Windows"
    passed
}
