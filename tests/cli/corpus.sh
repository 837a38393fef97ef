#!/bin/sh
# corpus.sh BUILD-DIR CORPUS: Sigma's own regression cases. Each is a start recorded on a real machine that one rule has to
# match; every rule that loads must deny its case. 77 (skipped) where the corpus is not there.
set -eu

build=$1
corpus=$2
rules=$corpus/sigma/rules-process_creation
cases=$corpus/sigma/regression-process_creation
[ -d "$rules" ] && [ -d "$cases" ] || exit 77
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
matched=0
missed=0
not_loaded=0

for folder in "$cases"/*/; do
    name=$(basename "$folder")
    printf "vigil: 1\ndefault: allow\nrules:\n  - deny: the rule\n    sigma: '%s'\n" "$rules/$name.yml" >"$scratch/policy.yaml"
    if ! "$build/vigil" check "$scratch/policy.yaml" >/dev/null 2>&1; then
        not_loaded=$((not_loaded + 1))
        continue
    fi
    for file in "$folder"*.json; do
        # A case may hold several starts, one behind the other; the rule has to match one of them.
        rm -f "$scratch"/start-*
        awk -v prefix="$scratch/start-" '/^\{/ { number++ } { print >(prefix number) }' "$file"
        denied=0
        for record in "$scratch"/start-*; do
            code=0
            "$build/vigil" explain "$scratch/policy.yaml" --record "$record" >/dev/null 2>>"$scratch/err" || code=$?
            [ "$code" != 3 ] || denied=$((denied + 1))
        done
        if [ "$denied" != 0 ]; then
            matched=$((matched + 1))
        else
            missed=$((missed + 1))
            echo "$file: no start is denied" >&2
            cat "$scratch/err" >&2
        fi
    done
done
echo "$matched matched, $missed missed, $not_loaded rules need what is not there yet"
[ "$missed" = 0 ] && [ "$matched" != 0 ]
