#!/usr/bin/env bash
# Fetches the data files from their authors, checks them and packs them as the loaders expect them.
#
#   bash examples/data/download.sh FOLDER
#
# The files ship with the sources already; this is for a copy that lost them.
set -euo pipefail

usage() {
  echo "usage: bash download.sh FOLDER   (fetches tiny_shakespeare.txt.gz and optdigits.tes.gz)" >&2
  exit 2
}

[ $# -eq 1 ] || usage
case $1 in -*) usage ;; esac
for tool in curl sha256sum gzip; do
  command -v "$tool" > /dev/null || { echo "download.sh: needs $tool" >&2; exit 1; }
done
folder=$1
mkdir -p -- "$folder"
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# fetch NAME SHA256 URL
fetch() {
  echo "$1 <- $3"
  curl --fail --location --silent --show-error --retry 3 --output "$scratch/$1" -- "$3"
  echo "$2  $scratch/$1" | sha256sum --check --quiet --strict - || {
    echo "download.sh: $1 is not the file that was published; nothing was kept" >&2
    exit 3
  }
  gzip -9n -- "$scratch/$1"
  mv -- "$scratch/$1.gz" "$folder/$1.gz"
}

fetch tiny_shakespeare.txt 86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed \
  https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt
fetch optdigits.tes 6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8 \
  https://archive.ics.uci.edu/ml/machine-learning-databases/optdigits/optdigits.tes
echo "done: pass --data-dir $folder or set HEED_DATA=$folder"
