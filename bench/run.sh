#!/usr/bin/env bash
# Measures twelve rules over a million made-up people; each line is `name value bound ok` or NOT, times of one
# core in processor seconds, medians of 5.  The sums are compared with plain C, SQLite and PostgreSQL.
# Usage: bench/run.sh [ROWS [SEED]]; BUILD names the build folder.  `bench/run.sh compile` measures nothing.  Status 1: a bound is not held.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build}
programs=(anlao bench/bench-{generate,plain,measure,fresh,explain,people,records} bench/libbench-slow-sync.so)
compiled=$(ninja -C "$build" "${programs[@]}") || { echo "$compiled"; exit 3; }
[ "${1:-}" != compile ] || exit 0
rows=${1:-1000000}
seed=${2:-1}
month=2020-06
work=$(mktemp -d)
chmod 755 "$work"
trap 'tools/postgres.sh stop "$work/postgresql"; rm -rf "$work"' EXIT

"$build/bench/bench-generate" "$rows" "$seed" >"$work/people.csv"
"$build/bench/bench-plain" "$work/people.csv" "$month" >"$work/plain"
postgres=$(ANLAO_POSTGRES_SETTINGS=bench/postgres.conf tools/postgres.sh start "$work/postgresql")
status=0
mkdir "$work/sums"
"$build/bench/bench-measure" bench/policy.md "$work/people.csv" "$month" bench/benefits.sql "$work/sums" \
    "$postgres" "$build/anlao" || status=1
for who in anlao sqlite postgres; do
    if ! cmp -s "$work/plain" "$work/sums/$who"; then
        echo "the sums of $who and of plain C differ:"
        diff "$work/plain" "$work/sums/$who" || true
        status=1
    fi
done
"$build/bench/bench-fresh" bench/fresh.md "$rows" 2000 "$month" || status=1
db=sqlite:$work/people.db
"$build/anlao" init --place 360300 --demo --db "$db" >"$work/made"
"$build/anlao" demo --elders 20000 --seed "$seed" --db "$db" >>"$work/made"
"$build/bench/bench-explain" "$db" 2021-09 20000 || status=1
# Records: coming in, found, loaded, verified, changed by many; on both stores.
"$build/bench/bench-people" "$rows" "$seed" >"$work/elders.csv"
"$build/anlao" init --place 360300 --demo --db "sqlite:$work/records.db" >>"$work/made"
"$build/bench/bench-records" "sqlite:$work/records.db" "$work/elders.csv" bare || status=1
# As safe as by its own settings, what was acknowledged is on the disk; and that is made slower for the changes.
cp "$build/bench/libbench-slow-sync.so" "$work/"
export ANLAO_SLOW_SYNC=$work/slow-sync
safe=$(LD_PRELOAD=$work/libbench-slow-sync.so ANLAO_POSTGRES_SETTINGS=bench/city.conf tools/postgres.sh start "$work/safe")
trap 'tools/postgres.sh stop "$work/postgresql"; tools/postgres.sh stop "$work/safe"; rm -rf "$work"' EXIT
(cd "$work" && "$OLDPWD/$build/anlao" init --place 360300 --demo --db "$safe" >>"$work/made" &&
    "$OLDPWD/$build/bench/bench-records" "$safe" "$work/elders.csv") || status=1
[ "$status" != 0 ] || echo "sums and checksums of $(wc -l <"$work/plain") rules over $rows people agree, every bound is held"
exit $status
