#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright 2026 The Backflow authors
#
# parity.sh BACKFLOW-CLI [EXPERIMENT…]: every ready-made experiment, alone and with each remedy, as a PyTorch
# script: its loss and gradient norms beside the program's, as a table. Without PyTorch: skipped.
cli=$1
shift
python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import torch' 2>/dev/null; then
  echo "skipped: parity with PyTorch needs python3-torch"
  exit 77
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
experiments=${*:-$("$cli" list experiments | sed -n 's/^\([a-z0-9-][a-z0-9-]*\) .*/\1/p')}
remedies=$("$cli" list remedies | sed -n 's/^\([a-z0-9-][a-z0-9-]*\) .*/\1/p')
[ -n "$experiments" ] && [ -n "$remedies" ] || { echo "nothing to compare"; exit 1; }
failed=0
printf '%-16s %-20s %12s %12s %10s\n' experiment remedy loss PyTorch 'rel. diff.'
for experiment in $experiments; do
  for remedy in '' $remedies; do
    if ! "$cli" gradients "$experiment" ${remedy:+--remedy "$remedy"} --samples 64 --json >"$folder/ours" 2>"$folder/error" ||
       ! "$cli" code "$experiment" ${remedy:+--remedy "$remedy"} --parity 64 --weights "$folder/w" --framework pytorch >"$folder/script.py" 2>"$folder/error" ||
       ! OMP_NUM_THREADS=1 "$python" "$folder/script.py" >"$folder/theirs" 2>"$folder/error"; then
      printf '%-16s %-20s does not run: %s\n' "$experiment" "$remedy" "$(tail -1 "$folder/error")"
      failed=1
      continue
    fi
    "$python" - "$experiment" "$remedy" "$folder" <<'PYTHON' || failed=1
import json, sys
experiment, remedy, folder = sys.argv[1:]
ours, theirs = (json.loads(open(f"{folder}/{name}").read().splitlines()[-1]) for name in ("ours", "theirs"))
pairs = [(ours["loss"], theirs["loss"]), *zip(ours["gradient_norms"], theirs["gradient_norms"])]
def difference(a, b):
    if a is None or b is None:
        return 0 if a is b else float("inf")
    return abs(a - b) / max(abs(a), abs(b)) if a != b else 0
worst = max(difference(a, b) for a, b in pairs)
same = worst < 1e-3 and len(ours["gradient_norms"]) == len(theirs["gradient_norms"])
print(f"{experiment:16} {remedy:20} {ours['loss']!s:>12.12} {theirs['loss']!s:>12.12} {worst:10.1e}{'' if same else '  DIFFERS'}")
if not same:
    print("  ours  ", [f"{n:.3g}" if n is not None else None for n in ours["gradient_norms"]][:12])
    print("  theirs", [f"{n:.3g}" if n is not None else None for n in theirs["gradient_norms"]][:12])
sys.exit(not same)
PYTHON
  done
done
exit $failed
