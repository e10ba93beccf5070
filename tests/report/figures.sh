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
  # Small in a palette, of fewer colors for what is large; without ImageMagick as they are.
  for colors in 96 32 16; do
    convert "$picture" +dither -colors $colors "PNG8:$root/data/help/figures/$name" || cp "$picture" "$root/data/help/figures/$name"
    [ "$(stat -c %s "$root/data/help/figures/$name")" -gt 60000 ] || break
  done
done
ls -l "$root/data/help/figures"
