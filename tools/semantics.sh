#!/usr/bin/env bash
# semantics.sh [--all] — which numbered rules of the semantics have a test that names their number.
# A test names it by its path, "/semantics/29/count"; with --all every number is shown with its
# tests.  Fails for a number without a test that is not among those still waited for.
set -euo pipefail
cd "$(dirname "$0")/.."
last=60
# Numbers whose tests have not been written yet; a number leaves the list with its first test.
waited=''
found=$(grep -rnoE '"/semantics/[0-9]+/[^"]+"' tests --include='*.c' --include='*.mjs' |
    sed -E 's|^([^:]+):[0-9]+:"/semantics/([0-9]+)/([^"]+)"|\2 \3 \1|' | sort -n)
status=0
for number in $(seq 1 $last); do
    tests=$(awk -v n="$number" '$1 == n { print "    " $2 " (" $3 ")" }' <<<"$found")
    if [ -n "$tests" ]; then
        [ "${1:-}" != --all ] || printf '%d\n%s\n' "$number" "$tests"
    elif grep -qw "$number" <<<"$waited"; then
        echo "$number: no test yet"
    else
        echo "$number: no test names it"
        status=1
    fi
done
beyond=$(awk -v n="$last" '$1 < 1 || $1 > n { print $1 ": there is no such rule (" $3 ")" }' <<<"$found")
if [ -n "$beyond" ]; then
    echo "$beyond"
    status=1
fi
exit $status
