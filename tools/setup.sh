#!/usr/bin/env bash
# Installs what is missing, once: Debian packages, then the packages of package-lock.json.
# When all is there, nothing is asked of the network.  `setup.sh deep` adds what `make deep` needs.
set -euo pipefail
cd "$(dirname "$0")/.."
level=${1:-}

installed() {
    # shellcheck disable=SC2016  # the field is dpkg-query's
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] && return
    # Node often comes from its makers instead of Debian.
    case $1 in
    nodejs) command -v node >/dev/null ;;
    npm) command -v npm >/dev/null ;;
    *) false ;;
    esac
}

wanted() {
    sed -e 's/#.*//' tools/packages.txt | awk -v level="$level" '
        NF == 1 { print $1 }
        NF == 2 && $1 == level { print $2 }'
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "error: to install packages, run this as root or install sudo" >&2
        exit 1
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q "$@" </dev/null
}

# Tests start a PostgreSQL of their own: installing it must start none.  Whoever has one keeps it.
no_cluster() {
    installed postgresql-common && return
    as_root mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" |
        as_root tee /etc/postgresql-common/createcluster.d/anlao.conf >/dev/null
}

install_packages() {
    command -v dpkg-query >/dev/null || {
        echo "error: this is not Debian; install by hand what tools/packages.txt lists" >&2
        exit 1
    }
    local missing=()
    for package in $(wanted); do
        installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "installing: ${missing[*]}"
    case " ${missing[*]} " in
    *" postgresql"*) no_cluster ;;
    esac
    apt update
    apt install --no-install-recommends "${missing[@]}"
}

install_web() {
    [ -f package-lock.json ] || return 0
    local mark=node_modules/.package-lock.json
    # A lock file that was only checked out again is newer, but says the same: then `npm ci` just
    # runs once more.
    [ ! -f "$mark" ] || [ package-lock.json -nt "$mark" ] || return 0
    npm ci --no-audit --no-fund --loglevel=error </dev/null
    touch "$mark"
}

install_packages
install_web
