#!/usr/bin/env bash
# labels.sh BUILD CTEST NINJA: every program of the build folder that a test runs is built by the
# target of each of the test's labels, tests_LABEL: `./heed test LABEL` builds that and no more.
set -euo pipefail
build=$1 ctest=$2 ninja=$3
failures=0

labels=$("$ctest" --test-dir "$build" --print-labels | sed -n 's/^  //p')
[ -n "$labels" ] || { echo 'FAILED: no test has a label'; exit 1; }
# outputs TARGET: what the commands that build it write.
outputs() { "$ninja" -C "$build" -t commands "$1" | grep -oE ' -o [^ ]+' | cut -c5- | sort -u; }

made=$("$ninja" -C "$build" -t targets all | sed -n 's/^\(.*\): [A-Z].*/\1/p')
for label in $labels; do
  built=$(outputs "tests_$label")
  # The words of the commands that are files of the build folder which ninja makes.
  programs=$("$ctest" --test-dir "$build" -N -V -L "^$label\$" |
    sed -n 's/^[0-9]*: Test command: //p' | { grep -oE "$build/[^\" ]*" || true; } | sort -u |
    sed "s|^$build/||")
  for program in $(grep -xFf <(echo "$made") <<<"$programs" | grep -vxFf <(echo "$built")); do
    echo "FAILED: tests_$label does not build $program"
    failures=$((failures + 1))
  done
  echo "$label: $(wc -w <<<"$programs") files named"
done
[ "$failures" = 0 ]
