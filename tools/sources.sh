#!/bin/sh
# The C files people write, one a line; what is generated lies in the build folder.
cd "$(dirname "$0")/.." || exit 1
for folder in src tests fuzz bench; do
    [ ! -d "$folder" ] || find "$folder" -name '*.[ch]'
done | sort
