# The verbs that scenarios are written in on every stage: what they expect, and what they look for in the events. A stage (lab/stage.sh,
# sim/stage/stage.sh) brings the machine: machine, watch, place, sha256_of, hash_of, host_path, vigil, start, finish and their like.
# shellcheck shell=sh

set -u
LC_ALL=C.UTF-8
export LC_ALL
scenario=${0##*/}
house=$(cd "${0%/*}" && while [ ! -f dev ]; do cd ..; done && pwd)
work=$(mktemp -d)
checks=0

fail() {
    printf '%s: FAILED: %s\n' "$scenario" "$*" >&2
    [ ! -s "$work/said" ] || tail -n 12 "$work/said" | cut -c 1-300 | sed 's/^/    said: /' >&2
    exit 1
}

passed() { checks=$((checks + 1)); }

leave() {
    code=$?
    trap - EXIT
    end_machine
    rm -rf "$work"
    [ "$code" != 0 ] || printf '%s: %d checks passed\n' "$scenario" "$checks"
    exit "$code"
}
trap leave EXIT
trap 'exit 1' HUP INT TERM

# --- policy -----------------------------------------------------------------------------------------------------

# policy [OPTIONS OF vigil load] <<'YAML': puts a policy in force.
policy() {
    cat >"$(host_path 'C:\lab')/policy.yaml"
    vigil load 'C:\lab\policy.yaml' "$@" >"$work/said" 2>&1 || fail "the policy is not taken"
}

# expect_policy_refused TEXT <<'YAML': vigil load fails and says so.
expect_policy_refused() {
    cat >"$(host_path 'C:\lab')/policy.yaml"
    ! vigil load 'C:\lab\policy.yaml' >"$work/said" 2>&1 || fail "a bad policy was taken"
    grep -qF -- "$1" "$work/said" || fail "the refusal does not say: $1"
    passed
}

# --- starts -----------------------------------------------------------------------------------------------------

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
