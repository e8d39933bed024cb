#!/usr/bin/env bash
# Every header compiles alone, with the warnings of the program and without banned.h, whose own
# includes would hide a missing one.  What lemon makes is in the build folder.
set -euo pipefail
cd "$(dirname "$0")/.."

cflags=$(pkg-config --cflags glib-2.0 libcrypto sqlite3 libpq jansson libmicrohttpd)
export cflags
compile_alone() {
    # shellcheck disable=SC2086  # several flags
    printf '#include "%s"\ntypedef int not_empty;\n' "${1#src/}" |
        gcc -std=gnu17 -D_GNU_SOURCE -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow \
            -Wstrict-prototypes -Werror -Isrc "-I${BUILD:-build}/src" $cflags -x c -
}
export -f compile_alone
find src -name '*.h' -print0 | xargs -0 -P 2 -I{} bash -c 'compile_alone {} || { echo "{}"; exit 1; }'
