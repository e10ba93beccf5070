#!/bin/sh
# usage: screenshots.sh BUILD FOLDER
# Pictures of the window, light and dark, wide and narrow, from real runs.
here=$(dirname "$0"); build=$1; out=$2
mkdir -p "$out"
shot () {
  name=$1; scheme=$2; shift 2
  ADW_DEBUG_COLOR_SCHEME=$scheme "$here/run-ui.sh" "$build/tests/ui/screenshot" "$@" 2>/dev/null >/dev/null || exit 1
  echo "$out/$name.png"
}
shot training-light prefer-light t1-baseline 1440 900 1500 gradients "$out/training-light.png"
shot training-dark prefer-dark t1-baseline 1440 900 1500 gradients "$out/training-dark.png"
shot histograms-light prefer-light t1-baseline 1440 900 600 histograms "$out/histograms-light.png"
shot curves-light prefer-light t2-relu 1440 900 5000 curves "$out/curves-light.png"
shot fifty-light prefer-light t1-fifty 1440 900 0 gradients "$out/fifty-light.png"
shot exploding-light prefer-light t2-exploding 1440 900 50 gradients "$out/exploding-light.png"
shot study-light prefer-light t1-baseline 1440 900 0 compare "$out/study-light.png" \
  win.try-remedies study.choose::t1-table seeds=3 epochs=3 run.study-start until=0.7
shot medium-light prefer-light t1-baseline 1100 800 300 gradients "$out/medium-light.png"
shot narrow-light prefer-light t1-baseline 720 900 300 gradients "$out/narrow-light.png"
shot narrow-dark prefer-dark t1-baseline 720 900 300 gradients "$out/narrow-dark.png"
