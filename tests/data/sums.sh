#!/usr/bin/env bash
# The shipped files are what README.md and download.sh say they are; a changed byte is noticed.
set -euo pipefail
cd "$1"

# sums_hold README: every "sum  name" line holds for name.gz.
sums_hold() {
  local checked=0 sum name
  while read -r sum name; do
    [ "$(gzip -dc "$name.gz" | sha256sum | cut -d' ' -f1)" = "$sum" ] || return 1
    checked=$((checked + 1))
  done < <(grep -E '^[0-9a-f]{64}  ' "$1")
  [ "$checked" -ge 2 ]
}

sums_hold README.md || { echo "a shipped file differs from its sum in README.md"; exit 1; }
for sum in $(grep -oE '^[0-9a-f]{64}' README.md); do
  grep -q "$sum" download.sh || { echo "download.sh does not check $sum"; exit 1; }
done
wrong=$(mktemp)
trap 'rm -f "$wrong"' EXIT
sed -E 's/^([0-9a-f]{63})./\1x/; s/^([0-9a-f]{63})x/\10/' README.md > "$wrong"
if sums_hold "$wrong"; then echo "the check accepts a wrong sum"; exit 1; fi
echo "all sums hold"
