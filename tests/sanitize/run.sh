#!/bin/sh
# usage: run.sh address|thread|valgrind BUILD [meson test options]
# Builds what the suites need and runs them under a sanitizer:
#   address   address, leaks and undefined behavior: all suites, the window's too (gcc or $CC)
#   thread    data races: engine and lab (clang; GLib's locks are told by glib-tsan.c)
#   valgrind  memory and leaks: the engine's suite in a usual build
kind=$1; build=$2; shift 2
cd "$(dirname "$0")/../.." || exit 2
case $build in /*) ;; *) build=$PWD/$build;; esac
need () { command -v "$1" >/dev/null || { echo "$1 is missing: apt-get install $1"; exit 2; }; }
set_up () { [ -f "$build/build.ninja" ] || meson setup "$build" --buildtype=debugoptimized "$@" || exit 2; }

# The programs of these suites, and what they run.
build_suites () {
  programs=backflow-cli
  for suite; do programs="$programs $(sed -n 's/^build \(tests\/'"$suite"'\/[a-z0-9-]*\): .*LINKER.*/\1/p' "$build/build.ninja")"; done
  ninja -C "$build" $(echo "$programs" | sed 's/backflow-cli/src\/cli\/backflow-cli/') data/gschemas.compiled || exit 2
}

case $kind in
address)
  set_up -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 -Dc_args=-fno-omit-frame-pointer
  ninja -C "$build" || exit 2
  # Stacks kept after their return are not aligned to the 64 bytes of the widest vectors (GCC bug 110027).
  export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=0
  export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
  export LSAN_OPTIONS=suppressions=$PWD/tests/sanitize/lsan.supp:print_suppressions=0
  # The toolkit keeps what it has until the end, so the window's suite does not look for leaks.
  ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 meson test -C "$build" --no-rebuild --print-errorlogs \
    --timeout-multiplier 20 --suite ui "$@" || failed=1
  suites='--suite engine --suite lab --suite plot --suite report --suite cli' ;;
thread)
  need clang; need setarch
  CC=clang set_up -Db_sanitize=thread -Db_lundef=false -Doptimization=1
  build_suites engine lab
  # GLib's slices keep freed memory to themselves, with locks of their own.
  export G_SLICE=always-malloc TSAN_OPTIONS=halt_on_error=0:second_deadlock_stack=1
  # Where addresses are spread over more bits than it knows, it does not start.
  wrapper="setarch -R"
  suites='--suite engine --suite lab' ;;
valgrind)
  need valgrind
  set_up -Doptimization=2
  build_suites engine
  export BF_VALGRIND=1   # what it cannot do is not tested
  wrapper='valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --suppressions=/usr/share/glib-2.0/valgrind/glib.supp'
  suites='--suite engine' ;;
*) echo "usage: run.sh address|thread|valgrind BUILD [meson test options]"; exit 2 ;;
esac
meson test -C "$build" --no-rebuild --print-errorlogs --num-processes 2 --timeout-multiplier 20 \
  ${wrapper:+--wrapper "$wrapper"} $suites "$@" || failed=1
exit ${failed:-0}
