#!/usr/bin/env bash
# readme_load.sh PROGRAM: the program of README.md loads a file with other names and other tensors
# in it, and refuses one that lacks a part.
set -euo pipefail

if ! command -v python3 >/dev/null; then
  echo 'skipped: there is no python3'
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# make FILE NAME...: a safetensors file of zeros with these names besides the usual ones.
make() {
  python3 - "$@" <<'END'
import json, struct, sys
tensors = {name: ("F32", shape) for name, shape in
           [("model.a.q.weight", [768, 768]), ("model.a.k.weight", [768, 768]),
            ("model.a.qkv_bias", [2304]), ("model.a.position_ids", [3])]}
for name in sys.argv[2:]:
    tensors[name] = ("F32", [768, 768])
header, at = {}, 0
for name, (kind, shape) in tensors.items():
    count = 4
    for extent in shape:
        count *= extent
    header[name] = {"dtype": kind, "shape": shape, "data_offsets": [at, at + count]}
    at += count
text = json.dumps(header).encode()
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + bytes(at))
END
}

make "$folder/whole" model.a.v.weight
"$1" "$folder/whole"
make "$folder/lacking"
if "$1" "$folder/lacking" 2>"$folder/error"; then
  echo 'a file that lacks a part was loaded'
  exit 1
fi
grep -q 'missing: weight (there is a.k.weight)' "$folder/error" || {
  cat "$folder/error"
  exit 1
}
