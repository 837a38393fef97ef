# The sim as a stage: the driver's sources on the strict model of the kernel, vigil on Linux. Run with the build folder as its argument.
# shellcheck shell=sh

stage=sim
. "$(cd "${0%/*}" && while [ ! -f dev ]; do cd ..; done && pwd)/scenarios/verbs.sh"
products=${1:-$house/build/linux}
disk=$work/disk # host files of what is on the machine's disks, which are told to the sim when they are placed
windir='C:\Windows' system32='C:\Windows\System32'
described_name=Rich.EXE
spawn= # the process id of the program that starts the others
here=

end_machine() {
    [ -z "$here" ] || exec 7>&- 8<&-
    [ -z "$here" ] || wait "$here"
    here=
}

# A copy of a host file beside the tape, by its name there.
keep_file() {
    kept=$VIGIL_TAPE/$(sha256sum "$1" | cut -c 1-16)
    cp "$1" "$kept"
    printf '%s' "$kept"
}

# tell COMMAND [ARGUMENT]...: what the machine answers is in $answer; fails when it says error. All that it is told is written to
# $VIGIL_TAPE/tape for tools/faults, which tells it again.
tell() {
    message=$1
    shift
    for word in "$@"; do
        [ -z "${VIGIL_TAPE:-}" ] || [ ! -f "$word" ] || word=$(keep_file "$word")
        message=$message$(printf '\t%sx' "$word")
        message=${message%x} # a command substitution would take the line's end away
    done
    [ -z "${VIGIL_TAPE:-}" ] || printf '%s\n' "$message" >>"$VIGIL_TAPE/tape"
    printf '%s\n' "$message" >&7
    IFS= read -r answer <&8 || fail "the machine is gone: $message"
    [ "${answer%% *}" = ok ]
}

# --- the machine ------------------------------------------------------------------------------------------------

machine() {
    mkdir -p "$disk/C/lab"
    mkfifo "$work/in" "$work/out"
    "$products/sim_stage" "$products/sim/libvg_driver_sim.so" "$work/events" <"$work/in" >"$work/out" 2>"$work/violations" &
    here=$!
    exec 7>"$work/in" 8<"$work/out"
    for program in spawn hello exitcode vigil; do
        place "$program" "C:\\lab\\$program.exe"
    done
    place cmd "$system32\\cmd.exe"
    place vigil 'C:\Program Files\Vigil\vigil.exe'
    tell start '' '' keep 'C:\lab\spawn.exe' spawn.exe || fail "$answer"
    spawn=${answer##* }
    vigil start || fail "vigil.sys does not start"
}

host_path() {
    letter=${1%%:*}
    printf '%s/%s%s' "$disk" "$letter" "$(printf '%s' "${1#*:}" | tr '\\' /)"
}

# A file to the host and to the sim; its content is what comes in.
place_content() {
    target=$(host_path "$1")
    mkdir -p "${target%/*}" && cat >"$target" && tell file "$1" "$target" || fail "$1 cannot be made"
}

place() { printf 'MZ %s' "$1" | place_content "$2" || exit 1; }

place_described() {
    "$products/tests/make_pe" described-program "$work/described" || fail "make_pe"
    place_content "$1" <"$work/described" || exit 1
}

sha256_of() { sha256sum "$(host_path "$1")" | cut -d ' ' -f 1; }

# hash_of KIND 'C:\FOLDER\NAME.exe': as vigil hash --KIND says.
hash_of() { "$products/vigil" hash "--$1" "$(host_path "$2")" | cut -d ' ' -f 1; }

short_name_of() {
    tell short-name "$1" 'SHORT~1.EXE' || fail "$answer"
    printf '%s\\SHORT~1.EXE' "${1%\\*}"
}

insert_stick() { tell stick D: || fail "$answer"; }

# vigil COMMAND: what vigil.exe does, with vigil on Linux where that does it.
vigil() {
    case $1 in
    start)
        tell driver-start || return 1
        [ "${2:-}" = --no-confirm ] || tell confirm
        ;;
    stop) tell driver-stop ;;
    confirm) tell confirm ;;
    mode) tell mode "$2" ;;
    compile) "$products/vigil" compile "$(host_path "$2")" -o "$(host_path "$4")" ;;
    load)
        case $2 in
        *.yaml) "$products/vigil" compile "$(host_path "$2")" -o "$work/policy.vgp" || return 1 ;;
        *) cp "$(host_path "$2")" "$work/policy.vgp" ;;
        esac
        tell load "$work/policy.vgp" && tell confirm
        ;;
    *) fail "vigil $1 is not on this stage" ;;
    esac
}

# --- starts -----------------------------------------------------------------------------------------------------

# The path of a program that is named without one.
path_of() {
    case $1 in
    *\\*) printf '%s' "$1" ;;
    cmd.exe) printf '%s' "$system32\\cmd.exe" ;;
    *) printf '%s' "C:\\lab\\$1" ;;
    esac
}

# run CREATOR PARENT PROGRAM [ARGUMENTS]
run() {
    creator=$1 parent=$2 program=$3
    shift 2
    tell start "$creator" "$parent" once "$(path_of "$program")" "$*" || fail "$answer"
    answer=${answer#ok }
    [ "${answer%% *}" = 0 ] && printf 'started: 0 exit 0\n' >"$work/said" || printf 'started: %s\n' "${answer%% *}" >"$work/said"
}

start() { run "$spawn" '' "$@"; }

start_by() {
    tell start '' '' keep "$1" "$1" || fail "$answer"
    creator=${answer##* }
    shift
    run "$creator" '' "$@"
}

start_below() {
    parent=$1
    shift
    run "$spawn" "$parent" "$@"
}

start_long() {
    length=$1
    shift
    start "$@" "$(printf "%$((length - ${#1} - ${#2} - 2))s" '' | tr ' ' x)"
}

expect_denied_alone() {
    run '' '' "$@"
    expect_said 'started: 1260'
}

keep_running() {
    tell start '' '' keep 'C:\lab\exitcode.exe' exitcode.exe || fail "$answer"
    running=${answer##* }
}

take_back() {
    tell start '' '' tool 'C:\Program Files\Vigil\vigil.exe' 'vigil.exe mode monitor' || fail "$answer"
    [ "$answer" != "${answer#ok 0 }" ] || fail "vigil.exe was locked out"
    vigil mode monitor || fail "vigil mode monitor"
    passed
}

watch() { :; } # the machine writes every event to $work/events

# --- the end ----------------------------------------------------------------------------------------------------

finish() {
    vigil stop || fail "vigil stop"
    end_machine
    [ ! -s "$work/violations" ] || { cat "$work/violations" >&2; fail "the driver broke a rule of Windows"; }
    passed
}
