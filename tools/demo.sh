#!/usr/bin/env bash
# demo.sh DB — makes the demonstration database of Pingxiang unless it is there; one that was made for
# other documents, or by an earlier version of the program, is carried over.
# It is made under another name and renamed at the end: what is there is whole.
set -euo pipefail
cd "$(dirname "$0")/.."
db=$1
anlao=${BUILD:-build}/anlao
if [ -f "$db" ]; then
    "$anlao" migrate --db "sqlite:$db" --reason "the demonstration goes with its documents" >/dev/null
    exit
fi

making="$db.making"
mkdir -p "$(dirname "$db")"
rm -rf "$making" "$db.key"
mkdir "$making"
new="$making/new.db"
echo "making the demonstration of ${ELDERS:-100000} elders in $db; this takes a minute or two"
"$anlao" init --place 360300 --db "sqlite:$new" --demo
"$anlao" demo --elders "${ELDERS:-100000}" --seed 1 --db "sqlite:$new"

# What still lies in the write-ahead log would not come along.
sqlite3 "$new" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
if [ -s "$new-wal" ]; then
    echo "error: the demonstration database is still in use" >&2
    exit 3
fi
[ ! -f "$new.key" ] || mv "$new.key" "$db.key"
mv "$new" "$db"
rm -rf "$making"
