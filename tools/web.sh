#!/usr/bin/env bash
# Bundles web/dist when what it is made from is newer.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f web/build.mjs ] || exit 0

made=web/dist/app.js
if [ -f "$made" ] && [ -z "$(find web/*.* package-lock.json -newer "$made" -print -quit)" ]; then
    exit 0
fi
if [ -d node_modules ]; then
    node web/build.mjs >/dev/null
elif [ ! -f "$made" ]; then
    echo "error: web/dist is not there and cannot be made; run make setup first" >&2
    exit 1
fi
