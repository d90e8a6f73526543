#!/usr/bin/env bash
# numpy_test.sh PROGRAM: NumPy reads what npy_samples writes, and npy_samples what NumPy writes.
set -euo pipefail

if ! python3 -c 'import numpy' 2>/dev/null; then
  echo 'skipped: there is no python3 with NumPy'
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/ours" "$folder/theirs"
"$1" write "$folder/ours"
python3 - "$folder" <<'END'
import sys
import numpy as np

folder = sys.argv[1]
shapes = [(), (5,), (0, 3), (2, 3, 4), (300, 7)]
for number, shape in enumerate(shapes):
    counted = np.arange(int(np.prod(shape))).reshape(shape)
    for kind, dtype, cycle in [("reals", "<f8", 100), ("ids", "<i4", 100), ("answers", "|b1", 2)]:
        read = np.load(f"{folder}/ours/{kind}{number}.npy", allow_pickle=False)
        assert read.dtype == np.dtype(dtype), (kind, read.dtype)
        np.testing.assert_array_equal(read, (counted % cycle).astype(dtype), strict=True)
    for dtype in ["<f2", "<f4", "<f8", "<i4", "<i8", "|u1", "|b1"]:
        values = (counted % (2 if dtype == "|b1" else 100)).astype(dtype)
        for order in "CF":
            name = f"{folder}/theirs/{dtype[1:]}{number}{order}.npy"
            np.save(name, np.asarray(values, order=order))
print(len(shapes) * 3, "arrays of ours read by NumPy")
END
"$1" read "$folder/theirs"
