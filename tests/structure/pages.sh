#!/usr/bin/env bash
# pages.sh PROGRAM ROOT: docs/mechanisms is what its sources make of it; and in a copy, what is
# older than its sources is found.
set -euo pipefail

program=$1
root=$2
"$program" "$root" --check || { echo 'mend it: ./heed pages' && exit 1; }

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/docs"
cp -r "$root/attention" "$copy"
cp -r "$root/docs/mechanisms" "$root"/docs/reductions.* "$copy/docs"

# old FILE NAME: of the page of NAME and the pictures, that file alone is called old, or not there.
old() {
  local said
  said=$("$program" "$copy" --check "$2") && { echo "$1 should be old" && exit 1; }
  grep -q "^docs/$1 is " <<<"$said" || { echo "instead of $1: $said" && exit 1; }
  [ "$(grep -c '^docs/' <<<"$said")" = 1 ] || { echo "more than $1: $said" && exit 1; }
}

sed -i '1s/each query/every query/' "$copy/attention/sparse/local.h"
old mechanisms/local.md local
echo '// A line more.' >>"$copy/attention/sparse/top_k.cpp"
old mechanisms/top-k.md top-k
rm "$copy/docs/mechanisms/hybrid.md"
old mechanisms/hybrid.md hybrid
sed -i '$d' "$copy/docs/reductions.dot"
old reductions.dot global
"$program" "$copy" local top-k hybrid

# Another machine rounds otherwise: that alone is not old.
sed -i 's,| [0-9]e-[0-9]* \(| [^|]*|\)$,| 7e-17 \1,' "$copy/docs/mechanisms/self.md"
"$program" "$copy" --check self
