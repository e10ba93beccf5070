#!/bin/sh
# usage: includes.sh SOURCE
# Figures know the engine alone: no widgets, no laboratory.
echo 1..1
found=$(grep -rnE '#include +["<](gtk/|adwaita|\.\./lab|\.\./app|\.\./\.\./lab|\.\./\.\./app)' "$1/src/plot")
if [ -z "$found" ]; then
  echo "ok 1 figures include neither widgets nor the laboratory"
else
  echo "$found" | sed 's/^/# /'
  echo "not ok 1 figures include neither widgets nor the laboratory"
fi
