#!/usr/bin/env bash
# own_attention.sh CMAKE ROOT FOLDER: does what the README tells somebody with an attention of their
# own. In a copy of the tree: its two files are put where it says, its three lines go where it says,
# and nothing else changes. Then it is listed, keeps the laws, and trains on a task into the report.
set -euo pipefail

cmake=$1
root=$2
folder=$3
tree=$folder/tree
mkdir -p "$tree"
(cd "$root" && tar cf - CMakeLists.txt README.md heed.h cmake docs autograd nn optim attention \
  examples bench tests) |
  (cd "$tree" && tar xf -)

# The two files, and the three lines that the README names.
bash "$root/tests/structure/readme_blocks.sh" "$root/README.md" "$folder/blocks" >/dev/null
cp "$folder"/blocks/attention/dense/recency.{h,cpp} "$tree/attention/dense/"
grep -q 'recency_entry(),$' "$root/README.md"
sed -i 's|^    dense/additive.cpp|&\n    dense/recency.cpp|' "$tree/attention/CMakeLists.txt"
sed -i 's|^Mechanism additive_entry();|&\nMechanism recency_entry();|' "$tree/attention/entries.h"
sed -i 's|^      additive_entry(),|&\n      recency_entry(),|' "$tree/attention/catalog.cpp"

"$cmake" -G Ninja -S "$tree" -B "$folder/build" -DCMAKE_BUILD_TYPE=Release >/dev/null
"$cmake" --build "$folder/build" --target heed heed_laws >"$folder/build.log" ||
  { tail -n 40 "$folder/build.log" && exit 1; }
heed=$folder/build/examples/heed

"$heed" --list | grep recency
"$folder/build/examples/heed_laws" recency
# Few steps: it has to run through and be reported, not to be good.
"$heed" --task reverse --mode recency --seeds 1 --steps 20 --out "$folder/out"
grep -c recency "$folder/out/report.html"
grep -q '"mechanism": *"recency"' "$folder/out/results.json"
