#!/usr/bin/env bash
# Who may include whom: the table of docs/architecture.md, by what the compiler really includes.
# Headers of libraries do not matter here, so none need be installed (-MG).
set -euo pipefail
cd "$(dirname "$0")/.."

find src tests fuzz bench -name '*.c' -not -path 'tests/must-not-compile/*' 2>/dev/null | sort |
    xargs gcc -MM -MG -D_GNU_SOURCE -Isrc | awk '
BEGIN {
    may["base"] = "base"
    may["data"] = "base data"
    may["format"] = "base data format"
    may["declare"] = "base data declare"
    may["compile"] = "base data declare compile"
    may["store"] = "base data declare store"
    may["evaluate"] = "base data compile evaluate"
    may["care"] = "base data format declare compile store evaluate care"
    may["exchange"] = "base data format declare care exchange"
    may["author"] = "base data format declare compile care author"
    may["page"] = "base data format declare care page"
    may["main"] = "base data format declare compile store evaluate care exchange author page main"
}

# src/page/../store/write.h is src/store/write.h.
function plain(path) {
    while (gsub(/[^\/]+\/\.\.\//, "", path) > 0)
        ;
    return path
}

# The folder of the flow a file belongs to, or nothing.
function folder(path,   parts) {
    split(path, parts, "/")
    return parts[1] == "src" ? parts[2] : ""
}

function wrong(from, to, why) {
    printf "%s: error: includes %s: %s\n", from, to, why
    faults++
}

function check(from, to,   own, other) {
    own = folder(from)
    other = folder(to)
    if (to == "src/store/write.h" && own != "store" && from != "src/care/write.c" &&
        from !~ /^tests\/store\//)
        wrong(from, to, "facts are written through care/write.c alone")
    if (own == "" || other == "")
        return
    if (!(own in may))
        wrong(from, to, "folder src/" own " has no line in tools/include-rules.sh")
    else if (index(" " may[own] " ", " " other " ") == 0)
        wrong(from, to, own " may include " may[own])
}

{ goes_on = sub(/\\$/, ""); rule = rule " " $0 }
!goes_on {
    n = split(rule, words, " ")
    # words[1] is the object, words[2] the file itself.
    for (i = 3; i <= n; i++)
        check(words[2], plain(words[i]))
    if (n >= 2)
        files++
    rule = ""
}
END {
    printf "%d files, %d faults\n", files, faults
    exit faults > 0
}'
