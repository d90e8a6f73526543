#!/usr/bin/env bash
# labels.sh BUILD CTEST NINJA: every program of the build folder that a test runs is built by the
# target of each of the test's labels, tests_LABEL: `./heed test LABEL` builds that and no more.
set -euo pipefail
build=$1 ctest=$2 ninja=$3
failures=0

labels=$("$ctest" --test-dir "$build" --print-labels | sed -n 's/^  //p')
[ -n "$labels" ] || { echo 'FAILED: no test has a label'; exit 1; }
for label in $labels; do
  inputs=$("$ninja" -C "$build" -t inputs "tests_$label" | grep -v '^ninja: ')
  # The words of the commands that are files of the build folder which ninja makes.
  programs=$("$ctest" --test-dir "$build" -N -V -L "^$label\$" |
    sed -n 's/^[0-9]*: Test command: //p' | grep -oE "$build/[^\" ]*" | sort -u |
    sed "s|^$build/||")
  for program in $programs; do
    "$ninja" -C "$build" -t query "$program" >/dev/null 2>&1 || continue
    if ! grep -qxF -e "$program" <<<"$inputs"; then
      echo "FAILED: tests_$label does not build $program"
      failures=$((failures + 1))
    fi
  done
  echo "$label: $(wc -w <<<"$programs") files named"
done
[ "$failures" = 0 ]
