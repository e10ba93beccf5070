#!/bin/sh
# usage: no-gtk.sh BACKFLOW-CLI SOURCE
# The arrows of src/README.md hold: the command line links no GTK and the optimised CBLAS, and no
# folder includes what it may not.
echo 1..5
n=0
say () { n=$((n + 1)); if [ -z "$2" ]; then echo "ok $n $1"; else echo "not ok $n $1"; echo "# $2"; fi; }
needed=$(readelf -d "$1" | grep NEEDED)
say "links no GTK" "$(echo "$needed" | grep -E 'libgtk|libadwaita|libgdk')"
say "links the optimised CBLAS" "$(echo "$needed" | grep gslcblas)"
includes () { grep -rnE "^#include \"([^\"]*/)?($2)/|<($3)" "$1"; }
say "engine includes no other folder" "$(includes "$2/src/engine" 'plot|lab|app|cli' 'gtk/|adwaita|cairo|pango|json-glib')"
say "plot includes neither lab, app nor GTK" "$(includes "$2/src/plot" 'lab|app|cli' 'gtk/|adwaita|json-glib')"
say "lab includes neither plot, app nor GTK" "$(includes "$2/src/lab" 'plot|app|cli' 'gtk/|adwaita|cairo|pango')"
