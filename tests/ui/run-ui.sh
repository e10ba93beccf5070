#!/bin/sh
# usage: [A11Y=atspi] run-ui.sh PROGRAM [ARGUMENT…]
# Runs a program on a display and a message bus of its own, isolated from the user's settings.
tmp=$(mktemp -d); trap '[ -z "$server" ] || kill "$server"; rm -rf "$tmp"' EXIT
mkdir -m 700 "$tmp/run" "$tmp/config" "$tmp/data" "$tmp/cache"
export XDG_RUNTIME_DIR="$tmp/run" XDG_CONFIG_HOME="$tmp/config" XDG_DATA_HOME="$tmp/data" XDG_CACHE_HOME="$tmp/cache"
export GDK_BACKEND=x11 GSK_RENDERER="${GSK_RENDERER:-cairo}" GSETTINGS_BACKEND=memory GIO_USE_VFS=local
export ADW_DISABLE_PORTAL=1 GTK_A11Y="${GTK_A11Y:-test}" LC_ALL=C.UTF-8 NO_AT_BRIDGE=1 GDK_DEBUG=gl-disable
export OPENBLAS_NUM_THREADS=1
# With A11Y=atspi the program talks to assistive technology, which a test then looks through.
[ "$A11Y" = atspi ] && unset GTK_A11Y NO_AT_BRIDGE
# A display of the process's own number, so that many may start at once; the server tells when it is ready.
export DISPLAY=":$((1000 + $$ % 50000))"
mkfifo "$tmp/ready"
Xvfb "$DISPLAY" -displayfd 3 -screen 0 "${SCREEN:-1600x1000x24}" -nolisten tcp -noreset 3>"$tmp/ready" >/dev/null 2>&1 & server=$!
read -r ready <"$tmp/ready" || { echo "Xvfb does not start on $DISPLAY" >&2; exit 1; }
# What the bus and its services print is no part of the program's output.
dbus-run-session -- sh -c 'exec "$@" >&3 3>&-' sh "$@" 3>&1 >"$tmp/err" 2>&1
rc=$?
grep -vE '^dbus-daemon\[|^SpiRegistry daemon|^X connection to :|^[[:space:]]*$' "$tmp/err" >&2
exit $rc
