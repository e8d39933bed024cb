#!/bin/sh
# Measures the evaluation of twelve rules over a million made-up people on one core, and checks the
# sums against plain C; then one changed fact, and one decision explained.  Usage: bench/run.sh [ROWS [SEED]]; BUILD names the build folder.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
rows=${1:-1000000}
seed=${2:-1}
month=2020-06
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ninja -C "$build" bench/bench-generate bench/bench-plain bench/bench-measure >"$work/ninja" ||
  { cat "$work/ninja"; exit 3; }
"$build/bench/bench-generate" "$rows" "$seed" >"$work/people.csv"
"$build/bench/bench-plain" "$work/people.csv" "$month" >"$work/plain"
"$build/bench/bench-measure" bench/policy.md "$work/people.csv" "$month" 15 >"$work/anlao"
if ! cmp -s "$work/plain" "$work/anlao"; then
  echo "the sums differ:"
  diff "$work/plain" "$work/anlao" || true
  exit 1
fi
echo "sums and checksums of $(wc -l <"$work/plain") rules over $rows people agree with plain C"

echo "one fact changes:"
ninja -C "$build" bench/bench-fresh >"$work/ninja" || { cat "$work/ninja"; exit 3; }
"$build/bench/bench-fresh" bench/fresh.md "$rows" 2000 "$month"

echo "one decision with its full explanation:"
ninja -C "$build" bench/bench-explain anlao >"$work/ninja" || { cat "$work/ninja"; exit 3; }
db=sqlite:$work/people.db
"$build/anlao" init --place 360300 --demo --db "$db" >"$work/made"
"$build/anlao" demo --elders 20000 --seed "$seed" --db "$db" >>"$work/made"
"$build/bench/bench-explain" "$db" 2021-09 20000
