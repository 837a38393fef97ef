# The lab as a stage: the shipped vigil.sys and vigil.exe under Wine. A scenario begins with
#     . "${0%/*}/../stage.sh"
# and is run with the build folder as its argument. It has a machine of its own, which ends with it. Those in scenarios/ run here and in
# the sim; those in lab/scenarios need what only the lab has: real programs, processes of their own, Wine's services.
# shellcheck shell=sh

stage=lab
. "$(cd "${0%/*}" && while [ ! -f dev ]; do cd ..; done && pwd)/scenarios/verbs.sh"
stage_folder=$house/lab
LAB_PRODUCTS=${1:-$house/build/windows-x64}
LAB=${scenario%.sh}-${LAB_PRODUCTS##*/}
export LAB LAB_PRODUCTS
watchers=
windir='C:\windows' system32='C:\windows\system32'
described_name=vigil.exe # OriginalFileName of what place_described places

lab() { "$stage_folder/lab" "$@"; }

end_machine() {
    # shellcheck disable=SC2086 # a list of process ids
    [ -z "$watchers" ] || kill $watchers 2>/dev/null
    lab stop
}

# --- the machine ------------------------------------------------------------------------------------------------

# bare_machine: lab.sys and nothing else. Where a 32-bit machine cannot be had, the scenario is skipped.
bare_machine() {
    lab start
    case $? in
    0) ;;
    77) exit 77 ;;
    *) fail "the machine does not start" ;;
    esac
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

# place_described 'C:\FOLDER\NAME.exe': a program with a version resource.
place_described() {
    target=$(lab path "$1")
    mkdir -p "${target%/*}" && cp "$LAB_PRODUCTS/vigil.exe" "$target" || fail "$1 cannot be made"
}

host_path() { lab path "$1"; }

sha256_of() { sha256sum "$(lab path "$1")" | cut -d ' ' -f 1; }

# hash_of KIND 'C:\FOLDER\NAME.exe': as vigil hash --KIND says.
hash_of() { vigil hash "--$1" "$2" | tr -d '\r' | cut -d ' ' -f 1; }

# short_name_of 'C:\FOLDER\NAME.exe': its 8.3 name.
short_name_of() { lab exec shortname.exe "$1" | tr -d '\r'; }

# A drive that can be taken away.
insert_stick() { :; } # every machine of the lab has one: D:

# --- starts -----------------------------------------------------------------------------------------------------

# start PROGRAM [ARGUMENTS]: C:\lab\spawn.exe starts it; its output and spawn's are in $work/said.
start() {
    lab run spawn.exe -- "$@" >"$work/said" 2>&1
}

# start_by CREATOR PROGRAM [ARGUMENTS]: a copy of spawn.exe starts it.
start_by() {
    creator=$1
    shift
    lab run "$creator" -- "$@" >"$work/said" 2>&1
}

# start_below PID PROGRAM [ARGUMENTS]: spawn.exe starts it as a child of another process.
start_below() {
    parent=$1
    shift
    lab run spawn.exe -p "$parent" -- "$@" >"$work/said" 2>&1
}

# start_long LENGTH PROGRAM [ARGUMENTS]: with a command line of so many characters.
start_long() {
    length=$1
    shift
    lab run spawn.exe -l "$length" -- "$@" >"$work/said" 2>&1
}

# expect_denied_alone PROGRAM: started by nobody who could be denied as well.
expect_denied_alone() {
    lab run "$@" >"$work/said" 2>&1
    grep -qF 'error 1260' "$work/said" || fail "ran: $*"
    passed
}

# keep_running: C:\lab\exitcode.exe is started and runs for a while; its process id is $running.
keep_running() {
    lab run exitcode.exe 7 4000 >/dev/null 2>&1 &
    expect_event EventType=ProcessCreate 'Image=C:\lab\exitcode.exe'
    running=$(member_of ProcessId EventType=ProcessCreate 'Image=C:\lab\exitcode.exe')
}

# take_back: vigil.exe, started from its installed place like any program, makes Vigil a monitor.
take_back() {
    lab run 'C:\Program Files\Vigil\vigil.exe' mode monitor >"$work/said" 2>&1 || fail "vigil.exe was locked out"
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

# --- the end ----------------------------------------------------------------------------------------------------

# finish: Vigil stops, and has left nothing behind and broken no rule of Windows on the way.
finish() {
    # shellcheck disable=SC2086
    [ -z "$watchers" ] || { kill $watchers 2>/dev/null; wait $watchers 2>/dev/null; watchers=; }
    vigil stop >"$work/said" 2>&1 || fail "vigil stop"
    lab check >"$work/said" 2>&1 || fail "the driver broke a rule of Windows"
    passed
}
