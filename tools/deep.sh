#!/usr/bin/env bash
# deep.sh [TARGET…] — all unit tests under the address and undefined-behaviour sanitizers, crashes and
# failing calls at every place, then each fuzz target for FUZZ_SECONDS; with names these targets alone, and no unit tests.  A target begins
# with its corpus and with pieces of the documents.  A finding is written to fuzz/corpus/TARGET/: once
# mended, it stays there as a test.
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null
seconds=${FUZZ_SECONDS:-600}
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
failed=0

unit_tests() {
    echo "unit tests with sanitizers"
    tools/build.sh build-asan -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false \
        -Doptimization=1
    TAMPER_ALL=1 tools/postgres.sh with meson test -C build-asan --no-rebuild --print-errorlogs --timeout-multiplier 5 || failed=1
}

# A million transfers by 16 clients that are killed in the midst of it.
ledger() {
    echo "a million transfers"
    tools/build.sh build
    TRANSFERS=1000000 build/tests/store/test-store-ledger -p /ledger/at-random || failed=1
}

# A page of a due list at five million tasks, on both stores.
due() {
    local store
    echo "due lists at five million tasks"
    tools/build.sh build
    for store in sqlite postgresql; do
        TASKS=5000000 ANLAO_STORE=$store tools/postgres.sh with build/tests/care/test-care-due || failed=1
    done
}

# What must hold at every place and many times: 200 kills on each store, the n-th call failing for every
# n up to 200 and 300 beyond.  Without sanitizers: they bring a malloc of their own.
hurt() {
    local store
    echo "kill -9, full disks, failing calls"
    tools/build.sh build
    for test in crash migrate_crash; do
        for store in sqlite postgresql; do
            ROUNDS=200 ANLAO_STORE=$store tools/postgres.sh with "build/tests/store/test-store-$test" || failed=1
        done
    done
    FAIL_NTH=200 node tests/main/failing.mjs "$(realpath build/anlao)" "$PWD" \
        "$(realpath build/tests/main/libfailing.so)" || failed=1
}

configure() {
    if [ ! -f build-fuzz/build.ninja ]; then
        CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined \
            -Db_lundef=false -Dwerror=false -Doptimization=1 \
            -Dc_args=-fsanitize=fuzzer-no-link >/dev/null
    else
        meson setup --reconfigure build-fuzz >/dev/null
    fi
    rm -rf build-fuzz/seeds
    node tools/fuzz-seeds.mjs build-fuzz/seeds
}

# fuzz TARGET
fuzz() {
    local name=$1 dictionary=() log=build-fuzz/$1.log
    ninja -C build-fuzz --quiet "fuzz/fuzz-$name" || return 1
    echo "fuzzing $name for $seconds s"
    mkdir -p "build-fuzz/corpus/$name" "build-fuzz/seeds/$name" "fuzz/corpus/$name"
    case $name in
    document | expression | format | table) dictionary=("-dict=fuzz/language.dict") ;;
    *) [ ! -f "fuzz/$name.dict" ] || dictionary=("-dict=fuzz/$name.dict") ;;
    esac
    # A minute is far above any document, on a busy machine too; the memory limit is that of a small
    # server.
    if "build-fuzz/fuzz/fuzz-$name" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 \
        -print_final_stats=1 "${dictionary[@]}" -artifact_prefix="fuzz/corpus/$name/" \
        "build-fuzz/corpus/$name" "fuzz/corpus/$name" "build-fuzz/seeds/$name" >"$log" 2>&1; then
        grep -E ' cov: ' "$log" | tail -n 1 || true
        grep '^Done' "$log" || true
    else
        grep -v '# Uses:' "$log" | tail -n 60
        return 1
    fi
}

targets=$*
if [ -z "$targets" ]; then
    unit_tests
    ledger
    due
    hurt
    targets=$(ls fuzz/*.c | sed -e 's,.*/,,' -e 's/\.c$//' | grep -vE '^(replay_main|trap)$')
fi
configure
for name in $targets; do
    fuzz "$name" || failed=1
done
exit $failed
