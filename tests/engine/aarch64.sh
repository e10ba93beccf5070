#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Backflow authors
#
# The engine compiled for aarch64 and its tests run there by emulation: aarch64.sh SYSROOT [BUILD] [TEST...]
#
# Needs gcc-aarch64-linux-gnu and qemu-user, and in SYSROOT the unpacked packages (dpkg -x) of Debian's arm64: libc6
# libgcc-s1 libglib2.0-0 libglib2.0-dev libgsl27 libgsl-dev libopenblas0-pthread libopenblas-pthread-dev libgfortran5
# zlib1g libpcre2-8-0 libffi8 libmount1 libblkid1 libselinux1 libjson-glib-1.0-0 libjson-glib-dev. BUILD is any built folder:
# the generated tables are taken from there.
set -e
sysroot=$1
build=${2:-build}
[ -d "$sysroot/usr" ] || { sed -n '5,10p' "$0"; exit 2; }
[ $# -gt 2 ] && shift 2 && tests="$*" || tests='kernel stats activations gradients reference norms'
source=$(dirname "$0")/../..
out=$build/aarch64
lib=$sysroot/usr/lib/aarch64-linux-gnu
include=$sysroot/usr/include
mkdir -p "$out"

flags="-std=gnu17 -O2 -ftree-vectorize -Wall -Werror -Wno-unused-parameter -ffp-contract=off -fno-math-errno -fno-trapping-math
  -D_GNU_SOURCE -DG_LOG_DOMAIN=\"Backflow\" -DGETTEXT_PACKAGE=\"backflow\"
  -DBF_SOURCE_DATA_DIR=\"$(realpath "$source")/data\" -DBF_INSTALLED_DATA_DIR=\"/usr/share/backflow\"
  -DBF_TEST_CASES_DIR=\"$(realpath "$source")/tests/data/cases\"
  -I$source/src/engine -I$source/src/engine/data -I$source/src/engine/layers -I$source/src/engine/optimizers
  -I$include/glib-2.0 -I$lib/glib-2.0/include -I$include/json-glib-1.0 -I$include"

objects=
for file in "$source"/src/engine/*.c "$source"/src/engine/*/*.c "$build"/src/engine/*/*.c; do
  case $file in *-avx*) continue;; esac
  object=$out/$(basename "$file" .c).o
  [ "$object" -nt "$file" ] || aarch64-linux-gnu-gcc $flags -c "$file" -o "$object"
  objects="$objects $object"
done
for word in $tests; do
  aarch64-linux-gnu-gcc $flags -fno-tree-vectorize "$source/tests/engine/test-$word.c" $objects -o "$out/test-$word" \
    -L"$lib" -L"$lib/openblas-pthread" -Wl,-rpath-link,"$lib:$sysroot/lib/aarch64-linux-gnu" -Wl,-rpath-link,"$lib/openblas-pthread" \
    -lopenblas -lgsl -ljson-glib-1.0 -lgio-2.0 -lgobject-2.0 -lglib-2.0 -lm
  echo "# $word, aarch64"
  BACKFLOW_DATA_DIR=$(realpath "$source")/data LD_LIBRARY_PATH= \
    qemu-aarch64 -L "$sysroot" -E LD_LIBRARY_PATH=/usr/lib/aarch64-linux-gnu/openblas-pthread "$out/test-$word" --tap
done
