#!/bin/sh
# usage: installed.sh MESON BUILD PREFIX
# What `meson install` puts into a folder is whole: the program finds its experiments there, and
# nothing that the desktop needs is missing.
meson=$1; build=$2; prefix=$3; id=io.github.backflow.Backflow; n=0
say () { n=$((n + 1)); if [ -z "$2" ]; then echo "ok $n $1"; else echo "not ok $n $1"; echo "$2" | sed 's/^/# /'; fi; }
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
echo 1..4
say "installs" "$("$meson" install -C "$build" --no-rebuild --quiet --destdir "$tmp" 2>&1 >/dev/null)"
root=$tmp$prefix
missing=$(for f in bin/backflow bin/backflow-cli share/applications/$id.desktop share/metainfo/$id.metainfo.xml \
    share/mime/packages/$id.xml share/icons/hicolor/scalable/apps/$id.svg share/icons/hicolor/symbolic/apps/$id-symbolic.svg \
    share/backflow/experiments/t1-baseline.backflow share/backflow/fashion-mnist-sample/train-images-idx3-ubyte.gz; do
  [ -f "$root/$f" ] || echo "$f is missing"; done)
say "nothing is missing" "$missing"
cd /
BACKFLOW_DATA_DIR=$root/share/backflow; export BACKFLOW_DATA_DIR
say "the installed program lists its experiments" \
  "$("$root/bin/backflow-cli" list experiments 2>&1 | grep -q t1-baseline || echo 'no t1-baseline in the list')"
say "the installed program trains on its sample" \
  "$(out=$("$root/bin/backflow-cli" run t2-relu --steps 3 2>&1) || echo "$out")"
