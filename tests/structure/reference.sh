#!/usr/bin/env bash
# reference.sh DOXYFILE ROOT FOLDER: makes the reference in FOLDER and fails on a warning and on a
# function, type or enum without a note. Then it plants in copies of the tree what must be found,
# and notes that must come out as they were written. 77: there is no doxygen.
set -euo pipefail

doxyfile=$1
root=$2
folder=$3

if ! command -v doxygen >/dev/null; then
  echo 'skipped: there is no doxygen (./heed docs installs it)'
  exit 77
fi
rm -rf "$folder"
mkdir -p "$folder"

# reference TREE LINE...: makes the reference of a tree, with these settings instead. What doxygen
# has to say is in $folder/said.
reference() {
  local tree=$1
  shift
  {
    sed "s|$root|$tree|g" "$doxyfile"
    printf '%s\n' "OUTPUT_DIRECTORY = $folder" "$@"
  } >"$folder/Doxyfile"
  (cd "$tree" && doxygen "$folder/Doxyfile") >"$folder/said" 2>&1
}

# Prints what stands in no class and has no note. Numbers and members of classes may say by their
# name what they are.
without_note() {
  reference "$1" 'EXTRACT_ALL = NO' 'WARN_AS_ERROR = NO' 'GENERATE_HTML = NO' 'GENERATE_XML = YES'
  grep -E 'is not documented' "$folder/said" | grep -vE ' of (class|struct) |\(variable\)' ||
    [ $? = 1 ]
}

failures=0
fail() {
  echo "FAILED: $*"
  head -n 20 "$folder/said" | sed 's/^/    /'
  failures=$((failures + 1))
}

reference "$root" || fail 'doxygen warns'
[ -f "$folder/html/index.html" ] || fail 'there is no reference'
bare=$(without_note "$root")
[ -z "$bare" ] || fail "without a note: $bare"

# plant FILE LINE...: a copy of the tree with these lines at the end of a file.
copy=$folder/tree
plant() {
  local file=$1 header
  shift
  rm -rf "$copy"
  sed -n "s|^ *$root/\([^ ]*\).*|\1|p" "$doxyfile" | while IFS= read -r header; do
    install -D -m 644 "$root/$header" "$copy/$header"
  done
  cp "$root/docs/notes.awk" "$copy/docs/"
  printf '%s\n' "$@" >>"$copy/$file"
}

plant README.md 'See \ref nothing_of_that_name.'
if reference "$copy"; then fail 'a bad reference passes'; fi

plant nn/linear.h 'namespace heed::inline HEED_REAL::nn {' 'Tensor affine(const Tensor& x);' '}'
[ -n "$(without_note "$copy")" ] || fail 'a function without a note passes'
plant nn/linear.h 'namespace heed::inline HEED_REAL::nn {' '// x A.' \
  'Tensor affine(const Tensor& x);' 'Tensor affine(const Tensor& x, Index n);' '}'
[ -z "$(without_note "$copy")" ] || fail 'two functions cannot share a note'
plant autograd/ops.h 'namespace heed::inline HEED_REAL {' 'struct Loose;' 'enum class E { a };' '}'
[ -n "$(without_note "$copy")" ] || fail 'an enum without a note passes'

# What doxygen would take for markup, links, commands, tags and the ends of sentences.
hard=('A_i* x_j + b_i* <= 1e-3 for i<j, (B, T) -> y [B][i](x), |i - j| <= w, a\b @c #1 &lt; 5 %d.'
  '"<name>.<parameter>" -- e.g. `x<y>` of et al. 2017, ... and 2 * 3 * 4 __init__ ~x ::y <b>.')
plant nn/linear.h 'namespace heed::inline HEED_REAL::nn {' "// ${hard[0]}" "// ${hard[1]}" '//' \
  "//   ${hard[0]}" 'Tensor affine(const Tensor& x);' "Tensor other();  // ${hard[1]}" '}'
reference "$copy" || fail 'doxygen warns of a formula'
page=$folder/html/group__nn__linear.html
text=$(sed -E 's/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#39;/'"'"'/g; s/&ndash;/--/g
  s/&amp;/\&/g' "$page")
for line in "${hard[@]}"; do
  [ "$(grep -cF -e "${line//\`/}" <<<"$text")" -ge 2 ] || fail "not as it was written: $line"
done

[ "$failures" = 0 ]
