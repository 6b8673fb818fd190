#!/bin/sh
# Sees to it that the servers that the tests start exist on this machine; says what to install where it may not.
# With "bench" also the receiver and the clients that the measurements compare with.
set -eu
missing=""
need() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || missing="$missing $2"; }
need mariadbd mariadb-server
need openssl openssl
need chromium chromium
if [ "${1:-}" = bench ]; then
    need nginx nginx-light
    need wrk wrk
    need taskset util-linux
fi
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing$missing ..." >&2
    # The tests start private servers of their own; the packaged ones must not start.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod +x /usr/sbin/policy-rc.d
    fi
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null
else
    echo "Servers or tools are missing here. Install them: sudo apt-get install$missing" >&2
    exit 1
fi
