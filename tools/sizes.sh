#!/usr/bin/env bash
# Functions of more than 60 lines and files of more than 800 are listed and refused.  A function that
# must be longer says so in a comment just above it: /* SIZE: reason */; those are counted.
set -euo pipefail
cd "$(dirname "$0")/.."

{
    tools/sources.sh
    find src \( -name '*.y' -o -name '*.re' -o -name '*.def' \) | sort
} | xargs awk -v most_function=60 -v most_file=800 '
function end_file() {
    if (file != "" && lines > most_file) {
        printf "%s: error: %d lines, at most %d\n", file, lines, most_file
        faults++
    }
}
FNR == 1 { end_file(); file = FILENAME; begin = 0; mark = 0 }
{ lines = FNR }
# With our format only a function has its brace alone in the first column.
/^\/\* SIZE: / { mark = 1; marks++; next }
/^\{$/ && FILENAME ~ /\.[ch]$/ { begin = FNR; next }
/^\}$/ && begin > 0 {
    length_of_it = FNR - begin + 1
    functions++
    if (length_of_it > most_function && !mark) {
        printf "%s:%d: error: function of %d lines, at most %d\n", file, begin, length_of_it, most_function
        faults++
    }
    begin = 0
    mark = 0
    next
}
# A mark counts for the function that follows it directly.
begin == 0 && /^$/ { mark = 0 }
END {
    end_file()
    printf "%d functions, %d marked SIZE, %d faults\n", functions, marks, faults
    exit faults > 0
}'
