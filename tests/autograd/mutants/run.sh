#!/usr/bin/env bash
# Runs the derivative checks of each mutant. All must fail, by a derivative that differs, but for
# mutant_none, which is the library as it is and must pass.
set -uo pipefail

alive=0
killed=0
for program in "$@"; do
  name=$(basename "$program")
  output=$("$program" --run_test='ops/*/jacobian,second_order' --color_output=no 2>&1)
  code=$?
  if [[ $name == mutant_none ]]; then
    if ((code != 0)); then
      echo "$name fails: the checks are broken themselves"
      exit 1
    fi
  elif ((code != 0)) && complaint=$(grep -m 1 -o '\[gradcheck\].*' <<<"$output"); then
    killed=$((killed + 1))
    echo "$name: $complaint"
  else
    alive=$((alive + 1))
    echo "$name SURVIVED (exit code $code)"
  fi
done
echo "$killed mutants killed, $alive survived"
((alive == 0 && killed >= 20))
