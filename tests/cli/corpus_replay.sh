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
# The same event logs packed, piped and in an archive: as many starts as in the files themselves. (The rules do not matter.)
printf 'vigil: 1\ndefault: deny\nrules: []\n' >"$scratch/policy.yaml"
mkdir "$scratch/packed"
at=0
for log in "$cases"/*/*.evtx; do
    at=$((at + 1))
    [ $((at % 10)) = 0 ] || continue
    cp "$log" "$scratch/packed/$at.evtx"
    gzip "$scratch/packed/$at.evtx"
    ln -s "$(cd "$(dirname "$log")" && pwd)/$(basename "$log")" "$scratch/$at.evtx"
    expected=$(denied "$log")
    for found in "$(denied "$scratch/packed/$at.evtx.gz")" "$(cat "$log" | denied /dev/stdin)"; do
        [ "$found" = "$expected" ] || { wrong=$((wrong + 1)); echo "$log packed or piped: $found starts, not $expected" >&2; }
    done
done
(cd "$scratch" && "$build/tests/make_zip" packed.zip ./*.evtx)
[ "$(denied "$scratch/packed.zip")" = "$(denied "$scratch/packed")" ] ||
    { wrong=$((wrong + 1)); echo "the archive has other starts than the files that are in it" >&2; }

# What was learned from logs denies nothing in them, whatever they are packed in.
logs="$cases $corpus/events-otrf-sample.jsonl $scratch/packed $scratch/packed.zip"
for where in "" "--windir D:\Windows" "--program-files C:\Windows --program-files-x86 C:\Users"; do
    for how in "" --per-parent; do
        # shellcheck disable=SC2086 # options and names without spaces
        if ! "$build/vigil" learn $how $where $logs -o "$scratch/learned.yaml" 2>"$scratch/err" ||
            ! "$build/vigil" replay $where "$scratch/learned.yaml" $logs --only deny >"$scratch/out" 2>&1; then
            wrong=$((wrong + 1))
            echo "learn $how $where, then replay: a start is denied, or something failed" >&2
            cat "$scratch/err" "$scratch/out" >&2
        fi
    done
done
# How many starts have their file read, and hashed, for the sake of all the rules; and that none is for the sake of those rules
# alone that ask for no hash of a whole file, or only beside another condition.
read_for() {
    printf "vigil: 1\ndefault: allow\nrules:\n  - deny: the rules\n    sigma: '%s'\n" "$1" >"$scratch/all.yaml"
    "$build/vigil" replay "$scratch/all.yaml" "$cases" "$corpus/events-otrf-sample.jsonl" --json 2>/dev/null |
        sed -n 's/.*"Summary".*"Decided":\([0-9]*\).*"FilesLookedInto":\([0-9]*\),"FilesHashed":\([0-9]*\).*/\1 starts: \2 looked into, \3 hashed/p'
}
mkdir "$scratch/unhashed"
for rule in "$rules"/*.yml; do
    grep -qE '(MD5|SHA1|SHA256)=' "$rule" || cp "$rule" "$scratch/unhashed/"
done
echo "with all rules as denials, $(read_for "$rules")"
without=$(read_for "$scratch/unhashed")
echo "without the rules that ask for MD5, SHA1 or SHA256, $without"
[ "${without##*, }" = '0 hashed' ] || { wrong=$((wrong + 1)); echo 'files are hashed for rules that ask for no hash' >&2; }

echo "$right logs with the expected matches, $wrong without; $not_loaded rules need what is not there yet"
[ "$wrong" = 0 ] && [ "$right" != 0 ]
