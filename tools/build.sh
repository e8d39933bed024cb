#!/usr/bin/env bash
# build.sh FOLDER [MESON OPTION…] — configures when needed, then compiles.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
shift

# Meson looks again when a file it has read changes, not when a folder gets its first meson.build.
files=$(find . -name meson.build -not -path './node_modules/*' -not -path './build*' | sort)
files+=$(ls fuzz/*.c 2>/dev/null || true)
# A hundred programs are linked: the faster linker, where there is one.
if [ -z "${CC_LD:-}" ] && command -v ld.lld >/dev/null; then
    export CC_LD=lld
fi
if [ ! -f "$folder/build.ninja" ]; then
    meson setup "$folder" "$@" >/dev/null || {
        tail -n 5 "$folder/meson-logs/meson-log.txt" >&2 || true
        exit 1
    }
elif [ "$files" != "$(cat "$folder/files.txt" 2>/dev/null)" ]; then
    meson setup --reconfigure "$folder" "$@" >/dev/null || {
        tail -n 5 "$folder/meson-logs/meson-log.txt" >&2 || true
        exit 1
    }
fi
printf '%s\n' "$files" >"$folder/files.txt"
if [ ! -e "$folder/anlao" ]; then
    echo "compiling into $folder; the first time takes a few minutes"
fi
ninja -C "$folder" --quiet

# The program is called build/anlao; a second name for the same file, not a link that would show
# where the first one lies.
if grep -q '^build src/main/anlao:' "$folder/build.ninja"; then
    ln -f "$folder/src/main/anlao" "$folder/anlao"
fi
