#!/usr/bin/env bash
# Says what `make format` would change, place by place.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/sources.sh | xargs -P 2 -n 60 clang-format --dry-run -Werror
