#!/bin/sh
# usage: data-files.sh DATA-BUILD SOURCE
# The desktop entry, the metadata, the MIME type, the icons and the templates are what their
# formats ask for. A hint of desktop-file-validate fails as well.
data=$1; source=$2; id=io.github.backflow.Backflow; n=0
say () { n=$((n + 1)); if [ -z "$2" ]; then echo "ok $n $1"; else echo "not ok $n $1"; echo "$2" | sed 's/^/# /'; fi; }
try () { "$@" 2>&1 || echo "$1: exit code $?"; }
need () { command -v "$1" >/dev/null || { n=$((n + 1)); echo "ok $n $2 # SKIP no $1"; return 1; }; }
value () { sed -n "s/^$1=//p" "$data/$id.desktop"; }
echo 1..8
need desktop-file-validate "desktop entry" && say "desktop entry" "$(try desktop-file-validate "$data/$id.desktop")"
need appstreamcli "metadata" && \
  say "metadata" "$(out=$(appstreamcli validate --no-net "$data/$id.metainfo.xml" 2>&1) || echo "$out")"
need xmllint "metadata is XML" && say "metadata is XML" "$(try xmllint --noout "$data/$id.metainfo.xml")"
need xmllint "MIME type is XML" && say "MIME type is XML" "$(try xmllint --noout "$source/data/$id.mime.xml")"
need xmllint "templates are XML" && say "templates are XML" "$(try xmllint --noout "$source"/ui/*.ui "$source"/resources/*.xml)"
say "the desktop entry names the MIME types that are described" \
  "$(for type in $(value MimeType | tr ';' ' '); do
       grep -q "type=\"$type\"" "$source/data/$id.mime.xml" || echo "no $type"; done)"
say "the desktop entry names an icon that is there" \
  "$(for f in $(value Icon).svg $(value Icon)-symbolic.svg; do
       [ -f "$source/data/icons/$f" ] || echo "no $f"; done)"
need rsvg-convert "icons can be drawn" && say "icons can be drawn" \
  "$(for f in "$source"/data/icons/*.svg "$source"/resources/icons/scalable/actions/*.svg; do
       rsvg-convert -w 32 "$f" 2>&1 >/dev/null; done)"
