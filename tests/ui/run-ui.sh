#!/bin/sh
# usage: run-ui.sh PROGRAM [ARGUMENT…]
# Runs a program on a display and a message bus of its own, isolated from the user's settings.
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
mkdir -m 700 "$tmp/run" "$tmp/config" "$tmp/data" "$tmp/cache"
export XDG_RUNTIME_DIR="$tmp/run" XDG_CONFIG_HOME="$tmp/config" XDG_DATA_HOME="$tmp/data" XDG_CACHE_HOME="$tmp/cache"
export GDK_BACKEND=x11 GSK_RENDERER="${GSK_RENDERER:-cairo}" GSETTINGS_BACKEND=memory GIO_USE_VFS=local
export ADW_DISABLE_PORTAL=1 GTK_A11Y="${GTK_A11Y:-test}" LC_ALL=C.UTF-8 NO_AT_BRIDGE=1 LIBGL_ALWAYS_SOFTWARE=1
export OPENBLAS_NUM_THREADS=1
xvfb-run -a -s "-screen 0 ${SCREEN:-1600x1000x24} -nolisten tcp" dbus-run-session -- "$@" 2>"$tmp/err"
rc=$?
grep -vE '^dbus-daemon\[|^SpiRegistry daemon|^X connection to :|^[[:space:]]*$' "$tmp/err" >&2
exit $rc
