#!/usr/bin/env bash
# catalog_table.sh PROGRAM README [--write]: the table between the markers of README must be what
# `PROGRAM --list --markdown` prints. With --write it is put there.
set -euo pipefail

program=$1
readme=$2
begin='<!-- catalog: made by tests/structure/catalog_table.sh, do not edit -->'
end='<!-- end of catalog -->'
for mark in "$begin" "$end"; do
  grep -qxF -e "$mark" "$readme" || { echo "$readme lacks the line: $mark" && exit 1; }
done

made=$(mktemp)
trap 'rm -f "$made"' EXIT
{
  awk -v mark="$begin" '{ print } $0 == mark { exit }' "$readme"
  "$program" --list --markdown
  awk -v mark="$end" '$0 == mark { on = 1 } on' "$readme"
} >"$made"

if [ "${3:-}" = --write ]; then
  cp "$made" "$readme"
else
  diff "$readme" "$made" || { echo "mend it: $0 $program $readme --write" && exit 1; }
fi
