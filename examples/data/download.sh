#!/usr/bin/env bash
# Fetches the data files from their authors, checks them and packs them as the loaders expect them.
#
#   bash examples/data/download.sh FOLDER [cora]
#
# Two files ship with the sources already; this is for a copy that lost them. `cora`, which
# `heed train papers` reads, does not ship and is fetched instead of them.
set -euo pipefail

usage() {
  echo "usage: bash download.sh FOLDER   (fetches tiny_shakespeare.txt.gz and optdigits.tes.gz)" >&2
  echo "       bash download.sh FOLDER cora   (fetches cora/ instead; needs python3)" >&2
  exit 2
}

[ $# -eq 1 ] || { [ $# -eq 2 ] && [ "$2" = cora ]; } || usage
case $1 in -*) usage ;; esac
for tool in curl sha256sum gzip; do
  command -v "$tool" > /dev/null || { echo "download.sh: needs $tool" >&2; exit 1; }
done
folder=$1
mkdir -p -- "$folder"
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# load NAME URL
load() {
  echo "$1 <- $2"
  curl --fail --location --silent --show-error --retry 3 --output "$scratch/$1" -- "$2"
}

# check NAME SHA256
check() {
  echo "$2  $scratch/$1" | sha256sum --check --quiet --strict - || {
    echo "download.sh: $1 is not what was published; nothing was kept" >&2
    exit 3
  }
}

# keep NAME: packed, in the folder
keep() {
  gzip -9n -- "$scratch/$1"
  mv -- "$scratch/$1.gz" "$folder/$1.gz"
}

# fetch NAME SHA256 URL
fetch() {
  load "$1" "$3"
  check "$1" "$2"
  keep "$1"
}

# Planetoid publishes Cora as pickles; what is checked is the text that they say.
fetch_cora() {
  local part from=https://raw.githubusercontent.com/kimiyoung/planetoid/master/data
  for part in x tx allx y ty ally graph test.index; do
    load "ind.cora.$part" "$from/ind.cora.$part"
  done
  python3 "$(dirname "${BASH_SOURCE[0]}")/planetoid.py" "$scratch" "$scratch/cora"
  check cora/cora.content 033659febb686ba1d932c14762f620b8846e414b8ee67ecea36e082ffc423eb4
  check cora/cora.cites a6cafe6abd12b83df937f643562bbc019baa15938937937b63dd59e419e7030c
  check cora/planetoid.split 49ab25f5c3d6d2ee3baec752693d5d84d2de5e0013ccca7b1c9d87a9a4b29eaf
  mkdir -p -- "$folder/cora"
  keep cora/cora.content
  keep cora/cora.cites
  mv -- "$scratch/cora/planetoid.split" "$folder/cora/planetoid.split"
}

if [ $# -eq 2 ]; then
  command -v python3 > /dev/null || { echo "download.sh: cora needs python3" >&2; exit 1; }
  fetch_cora
  echo "done: heed train papers --data-dir $folder"
  exit 0
fi

fetch tiny_shakespeare.txt 86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed \
  https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt
fetch optdigits.tes 6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8 \
  https://archive.ics.uci.edu/ml/machine-learning-databases/optdigits/optdigits.tes
echo "done: pass --data-dir $folder or set HEED_DATA=$folder"
