#!/usr/bin/env bash
# own_attention.sh CMAKE ROOT FOLDER: does what the README tells somebody with an attention of their
# own. In a copy of the tree: its header is put where it says, its include and its line go into the
# catalog, and nothing else changes. Then it is listed, keeps the laws, and trains into the report.
set -euo pipefail

cmake=$1
root=$2
folder=$3
tree=$folder/tree
mkdir -p "$tree"
(cd "$root" && tar cf - CMakeLists.txt README.md heed.h cmake docs autograd nn optim attention \
  examples bench tests) |
  (cd "$tree" && tar xf -)

# The header, and the line of the table: the README's only block that begins with Row{.
bash "$root/tests/structure/readme_blocks.sh" "$root/README.md" "$folder/blocks" >/dev/null
cp "$folder/blocks/attention/dense/recency.h" "$tree/attention/dense/"
awk '/^```/ { inside = 0; next } /^ *Row[{]"recency"/ { inside = 1 } inside' "$root/README.md" \
  >"$folder/row"
[ -s "$folder/row" ]
catalog=$tree/attention/catalog.cpp
awk -v row="$folder/row" '
  /^#include "attention\/dense\/self.h"/ { print "#include \"attention/dense/recency.h\"" }
  { print }
  /^const std::array rows/ { while ((getline line < row) > 0) print line; found = 1 }
  END { exit !found }
' "$catalog" >"$folder/catalog.cpp"
cp "$folder/catalog.cpp" "$catalog"

"$cmake" -G Ninja -S "$tree" -B "$folder/build" -DCMAKE_BUILD_TYPE=Release >/dev/null
"$cmake" --build "$folder/build" --target heed heed_laws >"$folder/build.log" ||
  { tail -n 40 "$folder/build.log" && exit 1; }
heed=$folder/build/examples/heed

"$heed" --list | grep recency
"$folder/build/examples/heed_laws" recency
# Few steps: it has to run through and be reported, not to be good.
"$heed" --mode recency --seeds 1 --steps 50 --out "$folder/out" || [ $? = 1 ]
grep -c recency "$folder/out/report.html"
grep -q '"mechanism": *"recency"' "$folder/out/results.json"
