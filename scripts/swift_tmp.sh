#!/bin/sh
# Says where the tests' files shall be: in memory where there is plenty, since on a disk they wait for it a third
# of their time. TMPDIR, where it is set, wins.
set -eu
NEEDED_KB=4194304
if [ -z "${TMPDIR:-}" ] && [ -d /dev/shm ] && [ -w /dev/shm ] &&
    [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -ge "$NEEDED_KB" ] &&
    [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -ge $((2 * NEEDED_KB)) ]; then
    echo /dev/shm
else
    echo "${TMPDIR:-/tmp}"
fi
