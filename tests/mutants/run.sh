#!/usr/bin/env bash
# run.sh COMPLAINT PROGRAM TESTS [PROGRAM TESTS]...: runs the tests named for each mutant. They must
# fail with a line that matches COMPLAINT, but for a mutant_none..., which is the library as it is
# and must pass.
set -uo pipefail

complaint=$1
shift
alive=0
killed=0
while (($# >= 2)); do
  program=$1
  tests=$2
  shift 2
  name=$(basename "$program")
  output=$("$program" --run_test="$tests" --color_output=no 2>&1)
  code=$?
  if [[ $name == mutant_none* ]]; then
    if ((code != 0)); then
      echo "$name fails: the checks are broken themselves"
      exit 1
    fi
  elif ((code != 0)) && said=$(grep -m 1 -oE "$complaint" <<<"$output"); then
    killed=$((killed + 1))
    echo "$name: $said"
  else
    alive=$((alive + 1))
    echo "$name SURVIVED $tests (exit code $code)"
  fi
done
echo "$killed mutants killed, $alive survived"
((alive == 0 && killed >= 20))
