#!/usr/bin/env bash
# postgres.sh start FOLDER | stop FOLDER — a PostgreSQL of our own in FOLDER, for bench/run.sh alone: no
# system service, nothing outside the folder, reached by a socket there.  The server refuses to be root's;
# then user postgres, who comes with its package, runs it.
# Set for speed, not for safety: nothing is forced to disk, one core, as much memory as it can use.
set -euo pipefail
folder=$2
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$programs/postgres" ] || { echo "PostgreSQL is not installed: tools/setup.sh bench" >&2; exit 1; }

as_user() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

start() {
    mkdir -p "$folder"
    [ "$(id -u)" != 0 ] || chown postgres "$folder"
    as_user "$programs/initdb" -D "$folder/data" -U bench -A trust -E UTF8 --locale=C -N >/dev/null
    cat >"$folder/fast.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$folder'
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 16GB
checkpoint_timeout = 1h
shared_buffers = 1GB
work_mem = 256MB
autovacuum = off
max_parallel_workers_per_gather = 0
SETTINGS
    [ "$(id -u)" != 0 ] || chown postgres "$folder/fast.conf"
    echo "include '$folder/fast.conf'" | as_user tee -a "$folder/data/postgresql.conf" >/dev/null
    as_user "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w start >/dev/null
}

case $1 in
start) start ;;
stop) as_user "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true ;;
*) exit 2 ;;
esac
