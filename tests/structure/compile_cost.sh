#!/usr/bin/env bash
# compile_cost.sh COMPILER ROOT FOLDER: a file that includes heed.h may take at most `most` percent
# of the processor time of one that includes the standard headers a program of this kind has anyway.
# What costs as much as all of heed's own declarations has come in with a header that should have
# stayed in a .cpp. With a few of the heavy standard headers behind it, it must be found too dear.
set -euo pipefail

compiler=$1
root=$2
folder=$3
most=170
mkdir -p "$folder"

printf '#include <%s>\n' array concepts cstddef cstdint functional initializer_list limits map \
  memory new optional span stdexcept string string_view tuple type_traits utility vector \
  >"$folder/standard.cpp"
printf '#include "heed.h"\n' >"$folder/heed.cpp"
{
  cat "$folder/heed.cpp"
  printf '#include <%s>\n' algorithm chrono filesystem iostream random regex
} >"$folder/dear.cpp"

# milliseconds FILE: of processor time to read it once.
milliseconds() {
  local TIMEFORMAT='%3U %3S' spent
  spent=$({ time "$compiler" -std=c++20 -I "$root" -fsyntax-only "$folder/$1.cpp"; } 2>&1)
  [[ $spent =~ ^([0-9]+)\.([0-9]+)\ ([0-9]+)\.([0-9]+)$ ]] || {
    echo "$spent" >&2
    exit 1
  }
  echo $((10#${BASH_REMATCH[1]}${BASH_REMATCH[2]} + 10#${BASH_REMATCH[3]}${BASH_REMATCH[4]}))
}

# The best of three, side by side, so that a busy machine slows all alike.
declare -A best
for _ in 1 2 3; do
  for file in standard heed dear; do
    spent=$(milliseconds "$file")
    if [ "$spent" -lt "${best[$file]:-1000000}" ]; then best[$file]=$spent; fi
  done
done

heed=$((100 * best[heed] / best[standard]))
dear=$((100 * best[dear] / best[standard]))
echo "heed.h: $heed % of the standard headers alone; with heavy ones $dear %; at most $most %"
if [ "$heed" -gt "$most" ]; then
  echo 'FAILED: heed.h has become dear to include'
  exit 1
fi
if [ "$dear" -le "$most" ]; then
  echo 'FAILED: heavy headers in heed.h would not be noticed'
  exit 1
fi
