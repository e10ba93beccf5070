#!/bin/sh
# usage: check.sh BUILD [meson test options]
# Runs the suites; the last line counts single test cases.
build=$1; shift
cd "$(dirname "$0")/.." || exit 1
case $build in /*) ;; *) build=$PWD/$build;; esac
rm -f "$build"/meson-logs/testlog*.json
meson test -C "$build" --no-rebuild --print-errorlogs --num-processes 2 "$@"
python3 tests/summary.py "$build"
