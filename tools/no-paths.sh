#!/usr/bin/env bash
# No symbolic link is committed: what it points to is not everywhere.  And nothing in the repository may
# name the machine it was made on, the place a package came from or the tool it was typed with: it must
# build anywhere, and package-lock.json leaves the registry to each one.
set -euo pipefail
cd "$(dirname "$0")/.."

# Brackets keep this file from finding itself.
words='/wor[k]/|/roo[t]/|/home/[a-z]|/Users/[a-z]|registry[.]npm|npmmirro[r]|deb[.]debian[.]org'
words+='|pypi[.]org|proxy[.]golang|"resolve[d]":'
words+='|[Cc]laud[e]|[Aa]nthropi[c]|[Cc]hat[G]PT|[Cc]opilo[t]|sub-?agen[t]'

files() {
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files -z --cached --others --exclude-standard
    else
        find . -type f -not -path './node_modules/*' -not -path './build*' -not -path './demo/*' -print0
    fi
}

# A symbolic link has mode 120000.
links() {
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files -s | awk '$1 == "120000"' | cut -f 2-
    fi
}

linked=$(links)
if [ -n "$linked" ]; then
    sed 's/$/: error: a symbolic link/' <<<"$linked"
    exit 1
fi
found=$(files | xargs -0 grep -nIE -- "$words" 2>/dev/null | cut -c 1-200) || true
if [ -n "$found" ]; then
    echo "$found"
    exit 1
fi
