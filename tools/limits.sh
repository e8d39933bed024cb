#!/usr/bin/env bash
# limits.sh [--all] — every LIMIT_ of the sources is named in tests/ by the test that reaches it; those
# that no test names are listed and refused.  With --all every limit is shown with its tests.
set -euo pipefail
cd "$(dirname "$0")/.."
status=0
limits=$(grep -rhoE '^#define LIMIT_[A-Z_]+' src --include='*.[ch]' | awk '{ print $2 }' | sort -u)
for limit in $limits; do
    tests=$(grep -rlw "$limit" tests --include='*.c' --include='*.mjs' || true)
    if [ -z "$tests" ]; then
        echo "$limit: no test names it"
        status=1
    elif [ "${1:-}" = --all ]; then
        printf '%s\n%s\n' "$limit" "$(sed 's/^/    /' <<<"$tests")"
    fi
done
echo "$(wc -w <<<"$limits") limits"
exit $status
