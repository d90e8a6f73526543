#!/usr/bin/env bash
# readme_blocks.sh README FOLDER: writes every ```cpp block of README into FOLDER, under the name
# its first line gives ("// train.cpp", "// nn/gate.h: what it is"). A file that has not changed is
# left alone. Prints the names.
set -euo pipefail

readme=$1
folder=$2
rm -rf "$folder.new"
mkdir -p "$folder.new" "$folder"

awk -v folder="$folder.new" '
  /^```cpp/ { fresh = 1; file = ""; next }
  /^```/ { fresh = 0; file = ""; next }
  fresh {
    fresh = 0
    if ($0 !~ /^\/\/ [a-z_\/]+\.(h|cpp)(:|$)/) {
      print FILENAME ":" FNR ": a block must begin with // and its file name" > "/dev/stderr"
      exit 1
    }
    name = $2
    sub(/:$/, "", name)
    file = folder "/" name
    path = file
    sub(/\/[^\/]*$/, "", path)
    system("mkdir -p \"" path "\"")
    print name
  }
  file != "" { print > file }
' "$readme"

(cd "$folder.new" && find . -type f) | while IFS= read -r name; do
  cmp -s "$folder.new/$name" "$folder/$name" && continue
  mkdir -p "$(dirname "$folder/$name")"
  cp "$folder.new/$name" "$folder/$name"
done
rm -rf "$folder.new"
