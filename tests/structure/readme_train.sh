#!/usr/bin/env bash
# readme_train.sh PROGRAM: runs the training loop of the README, which must learn: its last loss is
# below 0.001 and below a hundredth of its first.
set -euo pipefail

output=$("$1")
printf '%s\n' "$output"
awk '
  !/^step +[0-9]+ +loss [0-9.]+$/ { print "not a line of the loop: " $0; bad = 1 }
  NR == 1 { first = $4 }
  { last = $4 }
  END { exit bad || NR < 4 || !(last < 0.001 && last < first / 100) }
' <<<"$output"
