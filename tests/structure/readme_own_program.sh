#!/usr/bin/env bash
# readme_own_program.sh PROGRAM FOLDER: the program of the README that adds a mechanism and a task
# lists both, trains the one on the other beside those that can, and reports them.
set -euo pipefail

program=$1
folder=$2

"$program" --list >"$folder.list"
grep -q '^recency .* previous ' "$folder.list"
grep -q '^previous ' "$folder.list"

"$program" --mode recency --seeds 1 --out "$folder"
grep -q '"mechanism":"recency"' "$folder/results.json"
grep -q 'copy from one position before' "$folder/report.html"

# Few steps: they have to run through, not to be good.
"$program" --task previous --mode recency,self --steps 20 --seeds 1 --out "$folder" || [ $? = 1 ]
grep -q '"mechanism":"self"' "$folder/results.json"
