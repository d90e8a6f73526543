#!/usr/bin/env bash
# published_models.sh FOLDER: PyTorch and the programs in FOLDER compute the same from the same
# weights, both ways.
set -euo pipefail

if ! command -v python3 >/dev/null; then
  echo 'skipped: there is no python3'
  exit 77
fi
exec python3 "$(dirname "${BASH_SOURCE[0]}")/../../examples/pytorch/compare_with_torch.py" "$1"
