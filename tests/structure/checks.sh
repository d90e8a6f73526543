#!/usr/bin/env bash
# The rules of the house that a machine can check: checks.sh NAME ROOT prints every place that
# breaks rule NAME and exits 1 when there is one. CONTRIBUTING.md gives the reasons; controls.sh
# breaks each rule on purpose and wants it found.
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C.UTF-8

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
name=$1
cd "$2"

library=(autograd nn optim attention)
code=(autograd nn optim attention examples tests bench)

# grep for which finding nothing is no failure.
look() { grep "$@" || [ $? = 1 ]; }

existing() {
  local path
  for path in "$@"; do [ ! -e "$path" ] || printf '%s\n' "$path"; done
}

# sources FOLDER...: the C++ files in them.
sources() {
  local folders
  mapfile -t folders < <(existing "$@")
  [ "${#folders[@]}" = 0 ] ||
    find "${folders[@]}" -type f \( -name '*.h' -o -name '*.cpp' \) | sort
}

headers() { sources "$@" | look '\.h$'; }

# Everything that people write, but documents and data.
scripts_and_sources() {
  {
    sources "${code[@]}"
    find . -type f \( -name CMakeLists.txt -o -name '*.cmake' -o -name '*.sh' -o -name '*.awk' \
      -o -name '*.py' \) | sed 's|^\./||'
    existing heed .ci/run
  } | look -vE '^(build|out|\.git)/' | sort -u
}

documents() { find . -name '*.md' | sed 's|^\./||' | look -vE '^(build|out|\.git)/' | sort; }

# matches PATTERN MESSAGE: greps the files named on stdin.
matches() {
  local files line
  mapfile -t files
  [ "${#files[@]}" -gt 0 ] || return 0
  look -HnE -e "$1" -- "${files[@]}" | while IFS= read -r line; do
    printf '%s    <- %s\n' "$line" "$2"
  done
}

without_comment_lines() { look -vE '^[^:]+:[0-9]+: *//'; }

allowed_layers() {
  case $1 in
    autograd) echo 'autograd' ;;
    nn) echo 'nn|autograd' ;;
    optim) echo 'optim|autograd' ;;
    attention) echo 'attention|nn|autograd' ;;
    bench) echo 'bench|examples|attention|nn|optim|autograd' ;;
    examples) echo 'examples|attention|nn|optim|autograd' ;;
    *) echo 'heed.h|tests|bench|examples|attention|nn|optim|autograd' ;;
  esac
}

# Inside examples/: what each room may include of it.
allowed_rooms() {
  case $1 in
    study) echo 'study|progress' ;;
    models) echo 'models|study' ;;
    tasks) echo 'tasks|models|study|data' ;;
    report) echo 'report|study/run' ;;
    data) echo 'data' ;;
  esac
}

check_layers() {
  local folder
  for folder in study models tasks report data; do
    sources "examples/$folder" |
      matches '^ *# *include "examples/' "may include of examples: $(allowed_rooms "$folder")" |
      look -vE "include \"examples/($(allowed_rooms "$folder"))[/._]"
  done
  for folder in "${code[@]}"; do
    sources "$folder" | matches '^ *# *include "' "may include: $(allowed_layers "$folder")" |
      look -vE "include \"($(allowed_layers "$folder"))[/\"]"
  done
  check_rooms
  # How fast BLAS is by itself, one file of bench/ has to ask it.
  sources "${library[@]}" examples bench | look -vE '^(autograd/kernels/|bench/limit\.cpp$)' |
    matches '<xsimd/|<cblas' 'only autograd/kernels sees it'
  sources nn optim attention examples bench |
    matches '<(xtensor|xtl|Random123)/' 'only autograd sees it'
  sources autograd | look -v '^autograd/interop_xtensor' |
    matches '<xtensor/' 'only autograd/interop_xtensor.h'
}

# The rooms inside a layer: loops know no operation, layers know no file.
check_rooms() {
  local basics='(errors|finite|indices|ledger|philox|pointer|real|shape|storage|threads|window)\.h'
  sources autograd/kernels | matches '^ *# *include "' "no kernel: autograd/$basics" |
    look -vE "include \"autograd/(kernels/|$basics\")"
  # A loop worth threads is a kernel.
  sources autograd/ops | matches '^ *# *include "autograd/threads|parallel_for' 'a kernel does'
  sources nn/files | matches '^ *# *include "nn/' 'of nn: nn/files and nn/module.h' |
    look -vE 'include "nn/(files/|module\.h")'
  sources nn attention | look -v '^nn/files/' |
    matches '^ *# *include "nn/files/' 'a layer does not know how its weights are stored'
}

# No header that a user can reach brings a third party along.
check_doors() {
  local file seen=' ' queue
  mapfile -t queue < <(
    existing autograd/{tensor,ops,graph,gradcheck}.h && headers nn optim attention)
  while [ "${#queue[@]}" -gt 0 ]; do
    file=${queue[0]}
    queue=("${queue[@]:1}")
    if [[ $seen == *" $file "* ]]; then continue; fi
    seen+="$file "
    matches '<(xtensor|xsimd|xtl|Random123|fmt|spdlog|nlohmann|CLI)/|<cblas' \
      'a public header leads here' <<<"$file"
    mapfile -t -O "${#queue[@]}" queue < <(
      existing $(sed -n 's/^ *# *include "\([^"]*\)".*/\1/p' "$file"))
  done
}

# Headers of the libraries that serve their own sources only.
internal='^(attention/(entries|frequency/places|pooling/key_mask|sparse/(blocks|patterned)'
internal+='|structured/projective)'
internal+='|nn/(by_value|channels|check|recurrence|type_name)'
internal+='|nn/files/(apply_map|atomic_file|byte_source|counting_iterator|element_type'
internal+='|file_descriptor|npy_header'
internal+='|safetensors_header|shared_bytes|stored_parts|stored_tensor|system_calls|untrusted)'
internal+='|optim/(adam_update|options))\.h$'

# Whoever includes heed.h has every header that is meant for users.
check_umbrella() {
  local file seen=' ' queue=(heed.h)
  [ -e heed.h ] || return 0
  while [ "${#queue[@]}" -gt 0 ]; do
    file=${queue[0]}
    queue=("${queue[@]:1}")
    if [[ $seen == *" $file "* ]]; then continue; fi
    seen+="$file "
    mapfile -t -O "${#queue[@]}" queue < <(
      existing $(sed -n 's/^ *# *include "\([^"]*\)".*/\1/p' "$file"))
  done
  headers nn optim attention | while IFS= read -r file; do
    if [[ $file =~ $internal ]] || [[ $seen == *" $file "* ]]; then continue; fi
    echo "$file    <- heed.h does not reach it"
  done
}

check_file_length() {
  local file lines
  scripts_and_sources | while IFS= read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 400 ] || echo "$file: $lines lines    <- at most 400"
  done
}

check_line_length() { scripts_and_sources | matches '^.{101,}$' 'at most 100 columns'; }

check_function_length() {
  local files
  mapfile -t files < <(sources "${code[@]}")
  awk -v limit=60 -f "$here/function_length.awk" "${files[@]}"
}

check_names() {
  local empty='(^|/|_)(utils?|common|misc|helpers?)(_|\.|/)'
  scripts_and_sources | look -iE "$empty" | sed 's/$/    <- says nothing about what is inside/'
  sources "${code[@]}" | look -vE '^[a-z0-9_/]+\.(h|cpp)$' | sed 's/$/    <- snake_case/'
}

check_namespaces() {
  local file
  sources "${library[@]}" | look -v '^autograd/real\.h$' | while IFS= read -r file; do
    # A header that only includes others declares nothing.
    grep -qvE '^ *(//|#|$)' "$file" || continue
    grep -q '^namespace heed::inline HEED_REAL' "$file" ||
      echo "$file    <- namespace heed::inline HEED_REAL"
  done
  sources "${library[@]}" | look -v '^autograd/real\.h$' |
    matches '^ *namespace heed(::[a-z_:]+)? *\{|using namespace' 'inline HEED_REAL, and no using'
  headers "${code[@]}" | while IFS= read -r file; do
    [ "$(grep -m1 '^ *#' "$file")" = '#pragma once' ] || echo "$file    <- #pragma once first"
  done
}

# What goes wrong in silence with these libraries: docs/dependencies.md.
check_hazards() {
  sources "${code[@]}" |
    matches 'xt::(random|concatenate|load_np)|load_np[yz]\(' 'global, slow to compile, unsafe'
  sources "${code[@]}" |
    matches 'auto[&*]* +[a-z_]+ *= *.*xt::' 'auto holds a lazy expression, which dangles'
  sources "${library[@]}" examples | look -v '^autograd/interop_xtensor' |
    matches '(^|[^a-z_])xt::' 'xtensor is for tests'
  sources "${code[@]}" |
    matches 'std::[a-z_]+_distribution' 'another number in another standard library'
  sources "${library[@]}" examples |
    matches 'std::(mt19937|random_device|rand|shuffle)\b|\bsrand\(' 'draw from heed::Generator'
  scripts_and_sources | look -v '^tests/structure/' |
    matches '-ffast-math|-Ofast|-fopenmp|# *pragma +omp|<omp\.h>' 'never' | look -v '#error'
  sources "${code[@]}" |
    matches 'std::source_location|<(ranges|format|expected|source_location)>' \
      'g++ 12 or clang 14 lacks it'
}

check_library_manners() {
  sources "${library[@]}" | look -v '^autograd/real\.h$' | matches '^ *# *define' 'no macros'
  sources "${library[@]}" |
    matches '(^|[^_a-z])assert\(|<cassert>' 'throw a typed error' | without_comment_lines
  sources "${library[@]}" | matches \
    'std::(cout|cerr|clog)|(^|[^a-z_:])f?printf\(|fmt::print|(std::|[^a-z_:.])(exit|abort)\(' \
    'the library prints nothing and never exits' | without_comment_lines
  sources "${library[@]}" | look -vE '^(nn/module|attention/mixer)\.h$' |
    matches 'virtual .*= *0 *;' 'Module and Mixer are the only abstract classes'
}

check_leftovers() {
  { scripts_and_sources && documents; } | look -v '^tests/structure/' >"$list"
  matches '\b(TODO|FIXME|XXX|HACK)\b' 'finish it or leave it out' <"$list"
  matches '(^|[^A-Za-z0-9_.}])/(work|tmp|home|root)/' 'a path of one machine' <"$list"
}

# A path that a document names in backticks exists.
check_named_files() {
  local document path
  documents | while IFS= read -r document; do
    look -oE '`(autograd|nn|optim|attention|examples|tests|bench|docs|cmake)/[a-zA-Z0-9_./-]*`' \
      "$document" | tr -d '`' | sort -u | while IFS= read -r path; do
      [ -e "$path" ] || echo "$document: $path    <- does not exist"
    done
  done
}

# What docs/pytorch.md offers in place of PyTorch's names is declared in a header.
check_offered_names() {
  [ -e docs/pytorch.md ] || return 0
  headers "${library[@]}" | xargs sed 's|//.*||' | look -oE '\w+' | sort -u >"$list"
  look '^| ' docs/pytorch.md | cut -d'|' -f3 | look -oE '`[^`]+`' | look -oE '\b[A-Za-z]\w{2,}' |
    sort -u | comm -23 - "$list" | sed 's/$/    <- docs\/pytorch.md names it, no header does/'
}

list=$(mktemp)
trap 'rm -f "$list"' EXIT
found=$("check_$name")
if [ -n "$found" ]; then
  printf '%s\n' "$found"
  exit 1
fi
