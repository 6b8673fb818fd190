#!/bin/sh
# Makes .venv with the locked packages; does nothing when the lock has not changed since.
set -eu
cd "$(dirname "$0")/.."
PYTHON="${PYTHON:-python3}"
wanted="$(cat requirements/dev.txt pyproject.toml | sha256sum | cut -d' ' -f1)"
[ -f .venv/wanted ] && [ "$(cat .venv/wanted)" = "$wanted" ] && exit 0

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "bitewing needs Python 3.11 or newer; \"$PYTHON\" is $("$PYTHON" --version 2>&1). Set PYTHON to a newer one." >&2
    exit 1
}
"$PYTHON" -c 'import ensurepip' 2>/dev/null || {
    # Debian ships Python without ensurepip; the package python3-venv brings it.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    else
        echo "Python cannot make environments here. Install it first: sudo apt-get install python3-venv" >&2
        exit 1
    fi
}
echo "Making .venv (once; about a minute) ..." >&2
rm -rf .venv
"$PYTHON" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
echo "$wanted" > .venv/wanted
