#!/bin/sh
# transcript.sh CASE BUILD-DIR [--write]
#
# A case is the transcript of a shell: lines beginning with `$ ` are commands, `  ` their standard output, `! ` their
# standard error, `? N` their exit code. Comments (#) and empty lines stay. This runs the commands in a folder of their own that holds
# a copy of files/, with the built vigil in PATH, and compares what comes out with what is written.
# --write puts what came out into the case: for whoever changes the output on purpose, and reads the difference.
set -eu

case_file=$1
build=$2
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -R "$here/files" "$scratch/files"
cd "$scratch/files"
PATH=$build:$build/tests:$PATH
# The same everywhere: no colour, messages of the C library in English, leaks found at exit fail the command.
unset NO_COLOR || true
LC_ALL=C.UTF-8
TERM=dumb
ASAN_OPTIONS=exitcode=99
export PATH LC_ALL TERM ASAN_OPTIONS

run() {
    code=0
    sh -c "$1" >"$scratch/out" 2>"$scratch/err" </dev/null || code=$?
    sed 's/^/  /' "$scratch/out"
    sed 's/^/! /' "$scratch/err"
    printf '? %s\n' "$code"
}

while IFS= read -r line; do
    case $line in
    '$ '*)
        printf '%s\n' "$line"
        run "${line#??}"
        ;;
    '#'* | '') printf '%s\n' "$line" ;;
    esac
done <"$case_file" >"$scratch/transcript"

if [ "${3:-}" = --write ]; then
    cp "$scratch/transcript" "$case_file"
else
    grep -q '^\$ ' "$case_file" || { echo "$case_file has no commands" >&2; exit 1; }
    diff -u "$case_file" "$scratch/transcript"
fi
