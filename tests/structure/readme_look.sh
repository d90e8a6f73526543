#!/usr/bin/env bash
# readme_look.sh PROGRAM: runs the README's look inside a model, which must show what it says: the
# layers, the graph down to its parameters, and what waited for the backward pass.
set -euo pipefail

output=$("$1")
printf '%s\n' "$output"
for shown in 'Linear' 'digraph' 'value.weight' 'sigmoid [0-9]+ bytes'; do
  grep -qE "$shown" <<<"$output" || { echo "FAILED: does not show $shown" && exit 1; }
done
