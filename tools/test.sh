#!/usr/bin/env bash
# test.sh quick|all — runs the tests part by part; the last line is "N passed, N failed".
# A part is a command.  Where it prints TAP its lines are counted, else it is one test by its exit
# status.  A part that fails shows what it printed.
set -uo pipefail
cd "$(dirname "$0")/.."
exec </dev/null
level=${1:-all}
export BUILD=${BUILD:-build}
export ANLAO=$(realpath -m "$BUILD/anlao")
log=$(mktemp)
postgres=''
trap 'rm -f "$log"*; [ -z "$postgres" ] || tools/postgres.sh stop "$postgres"' EXIT
passed=0
failed=0

# report NAME SECONDS PASSED FAILED
report() {
    passed=$((passed + $3))
    failed=$((failed + $4))
    printf '%-34s %5d passed %4d failed %4d s\n' "$1" "$3" "$4" "$2"
    if [ "$4" -gt 0 ]; then
        tail -n 200 "$log" | sed 's/^/    /'
    fi
}

# counted NAME SECONDS STATUS: what the log of a finished part says.
counted() {
    local good bad
    good=$(grep -E '^[[:space:]]*ok( |$)' "$log" | grep -cviE '# *skip')
    bad=$(grep -cE '^[[:space:]]*not ok( |$)' "$log")
    if [ "$3" = 0 ] && [ $((good + bad)) = 0 ]; then
        good=1
    elif [ "$3" != 0 ] && [ "$bad" = 0 ]; then
        bad=1
    fi
    report "$1" "$2" "$good" "$bad"
}

part() {
    local name=$1 begin=$SECONDS status=0
    shift
    "$@" >"$log" 2>&1 || status=$?
    counted "$name" $((SECONDS - begin)) "$status"
}

# A part that mostly waits (for a browser) runs beside the others and is counted at the end.
beside() {
    local begin=$SECONDS status=0
    "$@" >"$log.beside" 2>&1 || status=$?
    echo "$((SECONDS - begin)) $status" >"$log.beside.end"
}

# All programs that meson knows; their subtests are counted from its log.
programs() {
    local begin=$SECONDS status=0 counts
    local skip=(--no-suite deep)
    [ "$level" = all ] || skip+=(--no-suite slow)
    meson test -C "$BUILD" --no-rebuild --print-errorlogs "${skip[@]}" >"$log" 2>&1 || status=$?
    counts=$(node tools/count-tap.mjs "$BUILD/meson-logs/testlog.json" 2>>"$log") || counts="0 1"
    # shellcheck disable=SC2086  # two numbers
    set -- $counts
    if [ "$status" != 0 ] && [ "$2" = 0 ]; then
        set -- "$1" 1
    fi
    report "unit tests, fuzz corpus" $((SECONDS - begin)) "$1" "$2"
}

# Compiles all documents of packs/ and runs their examples; the examples are counted.
packs() {
    local begin=$SECONDS counts
    "$ANLAO" check --json >"$log.json" 2>"$log"
    counts=$(node tools/count-packs.mjs "$log.json" $? 2>>"$log") || counts="0 1"
    rm -f "$log.json"
    # shellcheck disable=SC2086  # two numbers
    set -- $counts
    report "packs and their examples" $((SECONDS - begin)) "$1" "$2"
}

# One PostgreSQL for all tests; without it each test starts its own.
if [ -z "${ANLAO_POSTGRES:-}" ]; then
    postgres=$(tools/postgres.sh folder)
    ANLAO_POSTGRES=$(tools/postgres.sh start "$postgres" $$) || exit 1
    export ANLAO_POSTGRES
fi
pages=''
if [ "$level" = all ] && [ -f tests/browser/run.mjs ]; then
    beside node tests/browser/run.mjs &
    pages=$!
fi
programs
# While the program is still in pieces the quick test is of use without it.
if [ -x "$ANLAO" ] || [ "$level" = all ]; then
    packs
fi
for script in tests/*/run.sh; do
    [ ! -f "$script" ] || part "$script" sh "$script"
done
part "who may include whom" tools/include-rules.sh
part "headers compile alone" tools/headers-alone.sh
part "what must not compile" tools/must-not-compile.sh
part "format" tools/format.sh
part "numbered rules have tests" tools/semantics.sh
part "limits are reached" tools/limits.sh
part "words of our own" node tools/original-words.mjs
part "sizes" tools/sizes.sh
part "no paths of one machine" tools/no-paths.sh
if [ -x "$ANLAO" ]; then
    part "documents laid out" "$ANLAO" fmt --check packs
fi
part "diagnoses in both languages" node tools/diagnoses.mjs
part "highlighting knows the words" node tools/editor-words.mjs --check
part "coverage page up to date" node tools/coverage.mjs --check
part "links of the documentation" node tools/links.mjs
if [ -x "$ANLAO" ]; then
    part "what the documentation says is so" node tools/facts.mjs "$ANLAO"
fi
if [ "$level" = all ]; then
    part "measurements compile" bench/run.sh compile
fi
if [ -n "$pages" ]; then
    wait "$pages"
    mv "$log.beside" "$log"
    # shellcheck disable=SC2046  # two numbers
    counted "pages in a browser" $(cat "$log.beside.end")
fi

# Alone: it measures time.
if [ "$level" = all ] && [ -x "$ANLAO" ]; then
    part "check is instant" node tests/main/check-speed.mjs "$ANLAO" "$PWD"
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
