#!/usr/bin/env bash
# deep.sh — all unit tests under the address and undefined-behaviour sanitizers, then each fuzz
# target for FUZZ_SECONDS.  A finding is written to fuzz/corpus/TARGET/: once mended, it stays there
# as a test.
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null
seconds=${FUZZ_SECONDS:-60}
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

echo "unit tests with sanitizers"
tools/build.sh build-asan -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false \
    -Doptimization=1
failed=0
meson test -C build-asan --no-rebuild --print-errorlogs --timeout-multiplier 5 || failed=1

targets=$(ls fuzz/*.c 2>/dev/null | sed -e 's,.*/,,' -e 's/\.c$//' | grep -v '^replay_main$' || true)
[ -n "$targets" ] || exit $failed
if [ ! -f build-fuzz/build.ninja ]; then
    CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false \
        -Dwerror=false -Doptimization=1 -Dc_args=-fsanitize=fuzzer-no-link >/dev/null
else
    meson setup --reconfigure build-fuzz >/dev/null
fi
for name in $targets; do
    if ! ninja -C build-fuzz --quiet "fuzz/fuzz-$name"; then
        failed=1
        continue
    fi
    echo "fuzzing $name for $seconds s"
    mkdir -p "build-fuzz/corpus/$name" "fuzz/corpus/$name"
    dictionary=()
    case $name in
    document | expression | format | table) dictionary=("-dict=fuzz/language.dict") ;;
    *) [ ! -f "fuzz/$name.dict" ] || dictionary=("-dict=fuzz/$name.dict") ;;
    esac
    # A timeout of 10 s is far above any document; the memory limit that of a small server.
    log=build-fuzz/$name.log
    if "build-fuzz/fuzz/fuzz-$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        "${dictionary[@]}" -artifact_prefix="fuzz/corpus/$name/" \
        "build-fuzz/corpus/$name" "fuzz/corpus/$name" >"$log" 2>&1; then
        grep '^Done' "$log" || true
    else
        grep -v '# Uses:' "$log" | tail -n 60
        failed=1
    fi
done
exit $failed
