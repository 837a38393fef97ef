#!/bin/sh
# corpus_replay.sh BUILD-DIR CORPUS: Sigma's own regression cases through replay: every rule that loads matches as often as the
# case's info.yml says, in the .json and in the .evtx; and learn from all of them. 77 (skipped) where the corpus is not there.
set -eu

build=$1
corpus=$2
rules=$corpus/sigma/rules-process_creation
cases=$corpus/sigma/regression-process_creation
if ! [ -d "$rules" ] || ! [ -d "$cases" ]; then
    echo "skipped: $corpus is not there, and no event log file of our own can be made"
    exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
right=0
wrong=0
not_loaded=0

# denied FILE: how many starts in FILE the rule matches.
denied() {
    code=0
    "$build/vigil" replay "$scratch/policy.yaml" "$1" --json >"$scratch/out" 2>"$scratch/err" || code=$?
    sed -n 's/.*"Summary".*"Denied":\([0-9]*\).*"Broken":0,.*/\1/p' "$scratch/out"
}

for folder in "$cases"/*/; do
    name=$(basename "$folder")
    printf "vigil: 1\ndefault: allow\nrules:\n  - deny: the rule\n    sigma: '%s'\n" "$rules/$name.yml" >"$scratch/policy.yaml"
    if ! "$build/vigil" check "$scratch/policy.yaml" >/dev/null 2>&1; then
        not_loaded=$((not_loaded + 1))
        continue
    fi
    # A case that gives no number is a start that the rule matches.
    expected=$(sed -n 's/^ *match_count: *//p' "$folder/info.yml")
    expected=${expected:-1}
    for log in "$folder"*.json "$folder"*.evtx; do
        found=$(denied "$log")
        if [ "$found" = "$expected" ]; then
            right=$((right + 1))
        else
            wrong=$((wrong + 1))
            echo "$log: $found starts match, not $expected" >&2
            cat "$scratch/err" >&2
        fi
    done
done
# What was learned from logs denies nothing in them.
logs="$cases $corpus/events-otrf-sample.jsonl"
for how in "" --per-parent; do
    # shellcheck disable=SC2086 # one or no option, two names without spaces
    if ! "$build/vigil" learn $how $logs -o "$scratch/learned.yaml" 2>"$scratch/err" ||
        ! "$build/vigil" replay "$scratch/learned.yaml" $logs --only deny >"$scratch/out" 2>&1; then
        wrong=$((wrong + 1))
        echo "learn $how, then replay: a start is denied, or something failed" >&2
        cat "$scratch/err" "$scratch/out" >&2
    fi
done
echo "$right logs with the expected matches, $wrong without; $not_loaded rules need what is not there yet"
[ "$wrong" = 0 ] && [ "$right" != 0 ]
