#!/usr/bin/env bash
# A PostgreSQL of our own for tests and measurements: in a folder, reached through a socket in that
# folder, never through a port; no service of the system is touched.
#   postgres.sh start FOLDER [PID]  makes a cluster in a new FOLDER, starts it, prints its address;
#                                   with PID it stops, and FOLDER goes, when that process has ended
#   postgres.sh stop FOLDER         stops it and removes FOLDER
#   postgres.sh crash FOLDER        ends it as a power cut does (what was not written yet is gone) and starts it again
#   postgres.sh halt FOLDER         the first half of that; FOLDER stays
#   postgres.sh go FOLDER           the second half
#   postgres.sh standby FOLDER OF [PID]  makes a standby of the one in the folder OF, which must send its log (wal_level = replica,
#                                   max_wal_senders), starts it and prints its address; PID as above
#   postgres.sh promote FOLDER      makes a primary of a standby
#   postgres.sh folder              makes a folder to start one in: in memory, where there is enough
#   postgres.sh with COMMAND …      runs a command with $ANLAO_POSTGRES, the address; a cluster is
#                                   made for it unless there is one already
# ANLAO_POSTGRES_SETTINGS names a file of settings that come on top of ours.
# PostgreSQL refuses to run as root: then it runs as nobody.
set -euo pipefail
exec </dev/null
settings=${ANLAO_POSTGRES_SETTINGS:+$(realpath "$ANLAO_POSTGRES_SETTINGS")}

say() {
    echo "postgres.sh: $*" >&2
    exit 1
}

# The newest of Debian's, or the one in the path.
programs() {
    local newest
    newest=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
    if [ -x "$newest/initdb" ]; then
        echo "$newest"
    elif command -v initdb >/dev/null; then
        dirname "$(readlink -f "$(command -v initdb)")"
    else
        say "there is no PostgreSQL: install what tools/packages.txt lists (make setup)"
    fi
}

unprivileged() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid nobody --regid nogroup --clear-groups -- "$@"
    else
        "$@"
    fi
}

stop() {
    local folder=$1
    if [ -f "$folder/data/postmaster.pid" ]; then # it may have been killed
        (cd / && unprivileged "$(programs)/pg_ctl" -D "$folder/data" -m immediate -w stop) >/dev/null 2>&1 || true
    fi
    rm -rf "$folder"
}

# A folder for a cluster, its name said in full.
make_folder() {
    local folder=$1
    [ ! -e "$folder/data" ] || say "there is something in $folder already"
    mkdir -p "$folder"
    folder=$(realpath "$folder")
    chmod 700 "$folder"
    [ "$(id -u)" != 0 ] || chown nobody:nogroup "$folder"
    echo "$folder"
}

go() {
    local folder
    folder=$(realpath "$1")
    cd / # nobody may not be allowed where we are
    unprivileged "$(programs)/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 start >/dev/null 2>&1 ||
        say "the server did not start: $(tail -3 "$folder/log")"
}

halt() {
    local folder
    folder=$(realpath "$1")
    cd /
    unprivileged "$(programs)/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || say "it does not run"
}

# stop_with FOLDER PID: when that process has ended, FOLDER goes.
stop_with() {
    local folder=$1 watched=$2
    [ -n "$watched" ] || return 0
    (
        trap '' HUP INT TERM
        while kill -0 "$watched" 2>/dev/null; do sleep 2; done
        stop "$folder"
    ) >/dev/null 2>&1 &
}

start() {
    local folder watched=${2:-} bin
    bin=$(programs)
    folder=$(make_folder "$1")
    cd /
    unprivileged "$bin/initdb" -D "$folder/data" -U anlao -A trust -E UTF8 --locale=C --no-sync \
        --data-checksums >"$folder/initdb.log" 2>&1 || say "initdb failed: $(tail -3 "$folder/initdb.log")"
    cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 128MB
max_wal_size = 512MB
wal_level = minimal
max_wal_senders = 0
max_parallel_workers_per_gather = 0
logging_collector = off
CONF
    [ -z "$settings" ] || cat "$settings" >>"$folder/data/postgresql.conf"
    go "$folder"
    stop_with "$folder" "$watched"
    unprivileged psql -qX "postgresql:///postgres?host=$folder&user=anlao" -c "CREATE EXTENSION amcheck" >/dev/null 2>&1 ||
        echo "postgres.sh: no extension amcheck: indexes will not be looked at" >&2
    echo "postgresql:///postgres?host=$folder&user=anlao"
}

# Settings of the primary hold, but for where it is reached.
standby() {
    local folder of watched=${3:-}
    of=$(realpath "$2")
    folder=$(make_folder "$1")
    cd /
    unprivileged "$(programs)/pg_basebackup" -D "$folder/data" -R -X stream -c fast --no-sync -d "host=$of user=anlao" \
        >"$folder/basebackup.log" 2>&1 || say "pg_basebackup failed: $(tail -3 "$folder/basebackup.log")"
    echo "unix_socket_directories = '$folder'" >>"$folder/data/postgresql.conf"
    go "$folder"
    stop_with "$folder" "$watched"
    echo "postgresql:///postgres?host=$folder&user=anlao"
}

promote() {
    local folder
    folder=$(realpath "$1")
    cd /
    unprivileged "$(programs)/pg_ctl" -D "$folder/data" -w -t 60 promote >/dev/null 2>&1 || say "it was not promoted"
}

# Memory is the fastest disk, where there is enough of it.
new_folder() {
    local room
    room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
    if [ "${room:-0}" -gt 4000000 ]; then
        mktemp -d /dev/shm/anlao-postgres-XXXXXX
    else
        mktemp -d -t anlao-postgres-XXXXXX
    fi
}

with() {
    local folder address status=0
    if [ -n "${ANLAO_POSTGRES:-}" ]; then
        exec "$@"
    fi
    here=$PWD
    folder=$(new_folder)
    # shellcheck disable=SC2064  # this very folder
    trap "stop '$folder'" EXIT
    address=$(start "$folder" $$)
    cd "$here"
    ANLAO_POSTGRES=$address "$@" || status=$?
    exit $status
}

case "${1:-}:$#" in
folder:1) new_folder ;;
start:2 | start:3) start "$2" "${3:-}" ;;
stop:2) stop "$2" ;;
crash:2) halt "$2" && go "$2" ;;
halt:2) halt "$2" ;;
go:2) go "$2" ;;
standby:3 | standby:4) standby "$2" "$3" "${4:-}" ;;
promote:2) promote "$2" ;;
with:[2-9] | with:[1-9][0-9]) shift && with "$@" ;;
*) say "folder | start FOLDER [PID] | stop FOLDER | crash FOLDER | halt FOLDER | go FOLDER | standby FOLDER OF [PID] | promote FOLDER | with COMMAND …" ;;
esac
