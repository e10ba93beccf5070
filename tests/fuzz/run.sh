#!/bin/sh
# usage: run.sh BUILD [SECONDS] [TARGET…]
# Builds the targets with clang and libFuzzer, address and undefined-behavior sanitizers, and runs each
# for SECONDS (600). New inputs go to BUILD/corpus, findings to BUILD/findings; exit code 1 at a finding.
build=$1; seconds=${2:-600}; shift; [ $# -gt 0 ] && shift
cd "$(dirname "$0")/../.." || exit 2
command -v clang >/dev/null || { echo "clang is missing: apt-get install clang"; exit 2; }
[ -f "$build/build.ninja" ] || CC=clang meson setup "$build" -Dfuzzing=true -Db_sanitize=address,undefined \
  -Db_lundef=false --buildtype=debugoptimized || exit 2
targets=${*:-$(ls tests/fuzz/fuzz-*.c | sed 's/.*fuzz-\(.*\)\.c/\1/')}
for word in $targets; do ninja -C "$build" "tests/fuzz/fuzz-$word" >"$build/ninja.log" || { cat "$build/ninja.log"; exit 2; }; done
mkdir -p "$build/findings"
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 G_DEBUG=fatal-criticals LC_ALL=C.UTF-8
failed=0
for word in $targets; do
  mkdir -p "$build/corpus/$word"
  if "$build/tests/fuzz/fuzz-$word" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
     -artifact_prefix="$build/findings/$word-" "$build/corpus/$word" "tests/fuzz/corpus/$word" >"$build/$word.log" 2>&1
  then echo "$word: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$word.log") inputs in $seconds s, no finding"
  else echo "$word: a finding, see $build/$word.log"; failed=1; fi
done
exit $failed
