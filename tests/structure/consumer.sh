#!/usr/bin/env bash
# consumer.sh CMAKE ROOT FOLDER: installs heed into FOLDER and builds somebody else's project with
# it: from the installed package, as a subdirectory and by FetchContent, with each compiler there
# is. Only the libraries may come along: no tests, no programs, none of our flags, none of the
# headers that heed stands on.
set -euo pipefail

cmake=$1
root=$2
folder=$3
mkdir -p "$folder"

fail() {
  echo "$*"
  exit 1
}

# build NAME ARGUMENT...: the consumer, and what its programs print.
build() {
  local tree=$folder/$1
  shift
  rm -rf "$tree"
  "$cmake" -G Ninja -S "$root/tests/consumer" -B "$tree" -DCMAKE_BUILD_TYPE=Release "$@" >/dev/null
  "$cmake" --build "$tree" >"$tree/build.log" || { tail -n 30 "$tree/build.log"; fail "$tree"; }
  [ "$("$tree/use_heed")" = 4 ] || fail "$tree/use_heed does not work"
  [ "$("$tree/use_heed64")" = 8 ] || fail "$tree/use_heed64 does not work"
  [ ! -e "$tree/heed/tests" ] && [ ! -e "$tree/heed/examples" ] || fail "$tree has more than heed"
}

install_heed() {
  local tree=$folder/heed-build
  "$cmake" -G Ninja -S "$root" -B "$tree" -DCMAKE_BUILD_TYPE=Release -DHEED_BUILD_TESTS=OFF \
    -DHEED_BUILD_EXAMPLES=OFF >/dev/null
  "$cmake" --build "$tree" >"$folder/install.log"
  rm -rf "$folder/elsewhere" "$folder/prefix"
  "$cmake" --install "$tree" --prefix "$folder/elsewhere" >>"$folder/install.log"
  mv "$folder/elsewhere" "$folder/prefix"  # it must not remember where it was put
}

check_installed() {
  local config=$folder/prefix/lib*/cmake/heed headers=$folder/prefix/include
  [ -f "$headers/heed/heed.h" ] || fail "heed.h is not installed"
  if grep -rnE '<(xtensor|xsimd|xtl|Random123|fmt|nlohmann)|<cblas' "$headers"; then
    fail 'an installed header brings a third party along'
  fi
  if grep -rnE -e '-march|-W[a-z]|-fno|HEED_TESTING|elsewhere' -e "$root" $config; then
    fail 'the installed package carries our flags or paths'
  fi
}

install_heed
check_installed
for compiler in g++ clang++ clang++-14; do
  command -v "$compiler" >/dev/null || continue
  build "package-$compiler" -DWAY=package -DCMAKE_PREFIX_PATH="$folder/prefix" \
    -DCMAKE_CXX_COMPILER="$compiler"
  build "subdirectory-$compiler" -DWAY=subdirectory -DHEED="$root" \
    -DCMAKE_CXX_COMPILER="$compiler"
  build "fetch-$compiler" -DWAY=fetch -DHEED="$root" -DCMAKE_CXX_COMPILER="$compiler"
  echo "$compiler: package, subdirectory and FetchContent work"
done

# With the programs installed as well, somebody's own adds a mechanism and a task.
own_program() {
  local tree=$folder/programs-build
  "$cmake" -G Ninja -S "$root" -B "$tree" -DCMAKE_BUILD_TYPE=Release \
    -DHEED_BUILD_TESTS=OFF >/dev/null
  "$cmake" --build "$tree" >"$folder/programs.log"
  rm -rf "$folder/programs"
  "$cmake" --install "$tree" --prefix "$folder/programs" >>"$folder/programs.log"
  bash "$root/tests/structure/readme_blocks.sh" "$root/README.md" "$folder/own" >/dev/null
  rm -rf "$folder/own-build"
  "$cmake" -G Ninja -S "$root/tests/consumer" -B "$folder/own-build" -DCMAKE_BUILD_TYPE=Release \
    -DWAY=package -DCMAKE_PREFIX_PATH="$folder/programs" -DOWN="$folder/own" >/dev/null
  "$cmake" --build "$folder/own-build" --target own_program >"$folder/own.log" ||
    { tail -n 30 "$folder/own.log" && fail own_program; }
  bash "$root/tests/structure/readme_own_program.sh" "$folder/own-build/own_program" "$folder/out"
}

own_program
echo 'a program of its own has list, training and report'
