#!/usr/bin/env bash
# compare.sh PROGRAM: the package `tokenizers` and the program give the same on Tiny Shakespeare.
set -euo pipefail

if ! command -v python3 >/dev/null; then
  echo 'skipped: there is no python3'
  exit 77
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
text=$(mktemp)
trap 'rm -f "$text"' EXIT
gzip -dc "$here/../../examples/data/tiny_shakespeare.txt.gz" >"$text"
python3 "$here/compare.py" "$1" "$text"
