#!/usr/bin/env bash
# Lists the files that `make format` would change.
set -euo pipefail
cd "$(dirname "$0")/.."

differs() {
    local status=0
    for file in "$@"; do
        clang-format "$file" | cmp -s - "$file" || {
            echo "$file: error: not formatted; run make format"
            status=1
        }
    done
    return $status
}
export -f differs
tools/sources.sh | xargs -P 2 -n 20 bash -c 'differs "$@"' differs
