#!/usr/bin/env bash
# catalog_table.sh PROGRAM README [--write]: the table between the markers of README must be what
# `PROGRAM --list --markdown` prints. With --write it is put there.
set -euo pipefail

program=$1
readme=$2
begin='<!-- catalog: made by tests/structure/catalog_table.sh, do not edit -->'
end='<!-- end of catalog -->'
grep -qxF -e "$begin" "$readme" && grep -qxF -e "$end" "$readme" ||
  { echo "$readme lacks the lines '$begin' and '$end'" && exit 1; }

made=$(mktemp)
trap 'rm -f "$made"' EXIT
{
  sed "/^$begin\$/q" "$readme"
  "$program" --list --markdown
  sed -n "/^$end\$/,\$p" "$readme"
} >"$made"

if [ "${3:-}" = --write ]; then
  cp "$made" "$readme"
else
  diff "$readme" "$made" || { echo "mend it: $0 $program $readme --write" && exit 1; }
fi
