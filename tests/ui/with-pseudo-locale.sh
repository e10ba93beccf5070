#!/bin/sh
# usage: with-pseudo-locale.sh SOURCE PROGRAM [ARGUMENT…]
# Runs a program that finds a pseudo-translation in BF_PSEUDO_LOCALE.
source=$1; shift
BF_PSEUDO_LOCALE=$(mktemp -d) || exit 1
trap 'rm -rf "$BF_PSEUDO_LOCALE"' EXIT
export BF_PSEUDO_LOCALE LONG="${LONG-1}"
"$source/tests/ui/pseudo-locale.sh" "$source" "$BF_PSEUDO_LOCALE" || exit 1
"$@"
