#!/usr/bin/env bash
# Each file in tests/must-not-compile must be refused by the compiler, with the words that its first
# line names:  /* refused: WORDS */
# Where a file has a line for REMEDY it must compile with that, so that nothing else is at fault.
# Prints TAP.
set -uo pipefail
cd "$(dirname "$0")/.."

cflags=$(pkg-config --cflags glib-2.0 libcrypto sqlite3 libpq jansson libmicrohttpd)
number=0
status=0
compile() {
    # shellcheck disable=SC2086  # several flags
    gcc -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -Wpedantic -Wshadow -Wwrite-strings \
        -Wconversion -Wno-sign-conversion -Werror -Isrc "-I${BUILD:-build}/src" \
        -include src/base/banned.h $cflags -c -o /dev/null "$@" 2>&1
}

say() {
    number=$((number + 1))
    echo "$1 $number - $2"
    [ "$1" = ok ] || status=1
}

for file in tests/must-not-compile/*.c; do
    words=$(sed -n '1s,^/\* refused: \(.*\) \*/$,\1,p' "$file")
    if [ -z "$words" ]; then
        say "not ok" "$file does not begin with /* refused: WORDS */"
    elif grep -q REMEDY "$file" && ! remedy=$(compile -DREMEDY "$file"); then
        say "not ok" "$file is refused for another reason, even with REMEDY"
        printf '%s\n' "$remedy" | sed 's/^/# /'
    elif output=$(compile "$file"); then
        say "not ok" "$file compiles"
    elif ! grep -qF -- "$words" <<<"$output"; then
        say "not ok" "$file is refused in other words"
        printf '%s\n' "$output" | sed 's/^/# /'
    else
        say ok "$file"
    fi
done
echo "1..$number"
exit $status
