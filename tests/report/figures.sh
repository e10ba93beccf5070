#!/bin/sh
# usage: figures.sh BUILD
# Draws the pictures of data/help/figures anew, from real runs, and makes them small.
set -e
root=$(cd "$(dirname "$0")/../.." && pwd)
ninja -C "$1" tests/report/draw-real
drawn=$(mktemp -d)
trap 'rm -rf "$drawn"' EXIT
"$1/tests/report/draw-real" "$drawn" --help-page
mkdir -p "$root/data/help/figures"
for picture in "$drawn"/*.png; do
  name=$(basename "$picture")
  # Half as large in a palette; without ImageMagick as they are.
  convert "$picture" +dither -colors 96 "PNG8:$root/data/help/figures/$name" || cp "$picture" "$root/data/help/figures/$name"
done
ls -l "$root/data/help/figures"
