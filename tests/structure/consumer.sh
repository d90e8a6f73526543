#!/usr/bin/env bash
# consumer.sh CMAKE CONSUMER FOLDER: builds a project that takes heed in with add_subdirectory, in
# FOLDER, and runs its two programs. Only the libraries may come along: no tests, no programs.
set -euo pipefail

cmake=$1
consumer=$2
folder=$3
"$cmake" -G Ninja -S "$consumer" -B "$folder" >/dev/null
"$cmake" --build "$folder" >/dev/null
[ "$("$folder/use_heed")" = 4 ]
[ "$("$folder/use_heed64")" = 8 ]
[ ! -e "$folder/heed/tests" ]
[ ! -e "$folder/heed/examples" ]
