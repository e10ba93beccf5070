#!/bin/sh
# usage: potfiles.sh SOURCE [--write]
# po/POTFILES names every file that holds a string for translation, and no other.
cd "$1" || exit 1
{ grep -lrE '\bN?C?_ ?\(|ngettext ?\(' src --include='*.c' --include='*.h'
  grep -lr 'translatable="yes"' ui
  ls data/*.desktop.in data/*.metainfo.xml.in 2>/dev/null; } | LC_ALL=C sort > "${TMPDIR:-/tmp}/potfiles.$$"
[ "$2" = --write ] && cp "${TMPDIR:-/tmp}/potfiles.$$" po/POTFILES
echo 1..1
if diff po/POTFILES "${TMPDIR:-/tmp}/potfiles.$$" | sed 's/^/# /' | grep .; then
  echo "not ok 1 POTFILES is complete; call tests/potfiles.sh . --write"
else
  echo "ok 1 POTFILES is complete"
fi
rm -f "${TMPDIR:-/tmp}/potfiles.$$"
