#!/bin/sh
# usage: install-deps.sh [--if-missing] [sudo]
# Installs what debian/control lists. On a system without apt it names what to install and stops.
cd "$(dirname "$0")/.." || exit 1
[ "$1" = --if-missing ] && { if_missing=1; shift; }
sudo=$1

list () { sed -n '/^Build-Depends:/,/^$/p' debian/control | sed -n 's/^ *\([a-z0-9][^ ,]*\).*/  \1/p'; }

if ! command -v apt-get >/dev/null; then
  if [ -n "$if_missing" ] && pkg-config --exists 'gtk4 >= 4.8' 'libadwaita-1 >= 1.2' gsl openblas json-glib-1.0 libpng sqlite3 2>/dev/null \
     && command -v meson ninja >/dev/null; then exit 0; fi
  echo "This system has no apt-get. Please install what these Debian packages hold, then call make again:"
  list; exit 1
fi
# A dry run names with "Inst" what is missing, and fails where the package lists are too old to know.
if [ -n "$if_missing" ] && plan=$(apt-get -s build-dep ./ 2>/dev/null) && ! echo "$plan" | grep -q '^Inst '; then exit 0; fi
if [ -n "$sudo" ] && ! command -v sudo >/dev/null; then
  echo "Some packages are missing and this user may not install them. As root, please run:"
  echo "  apt-get update && apt-get build-dep ./"; exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update && $sudo apt-get build-dep -y --no-install-recommends ./
