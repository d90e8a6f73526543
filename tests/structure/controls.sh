#!/usr/bin/env bash
# controls.sh NAME: breaks rule NAME in a small tree of its own, once in every way it knows, and
# fails unless checks.sh finds each; a tree that keeps the rule must pass.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
name=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# fresh: a tree that keeps every rule.
fresh() {
  rm -rf "$tree"
  mkdir -p "$tree"/{autograd,nn,optim,attention,examples,tests,docs}
  printf '%s\n' '#pragma once' '#include "autograd/real.h"' \
    'namespace heed::inline HEED_REAL::nn {' 'int one();' '}' >"$tree/nn/one.h"
  printf '%s\n' '#include "nn/one.h"' 'namespace heed::inline HEED_REAL::nn {' \
    'int one() {' '  return 1;' '}' '}' >"$tree/nn/one.cpp"
  printf '%s\n' '#pragma once' '#define HEED_REAL f32' >"$tree/autograd/real.h"
}

expect() {
  local want=$1 what=$2 got=0 output
  output=$(bash "$here/checks.sh" "$name" "$tree" 2>&1) || got=$?
  if [ "$got" != "$want" ]; then
    printf '%s: exit %s instead of %s for: %s\n%s\n' "$name" "$got" "$want" "$what" "$output"
    exit 1
  fi
}

# caught FILE LINE...: with these lines added to the file the check must fail.
caught() {
  local file=$1
  shift
  fresh
  mkdir -p "$tree/$(dirname "$file")"
  printf '%s\n' "$@" >>"$tree/$file"
  expect 1 "$file: $1"
}

# passes FILE LINE...: and with these it must not.
passes() {
  local file=$1
  shift
  fresh
  mkdir -p "$tree/$(dirname "$file")"
  printf '%s\n' "$@" >>"$tree/$file"
  expect 0 "$file: $1"
}

# repeated N LINE: N times the line.
repeated() {
  local i
  for ((i = 0; i < $1; ++i)); do printf '%s\n' "$2"; done
}

fresh
expect 0 'a tree that keeps the rules'

case $name in
  layers)
    caught autograd/up.cpp '#include "nn/one.h"'
    caught nn/side.cpp '#include "optim/adamw.h"'
    caught optim/side.cpp '#include "nn/one.h"'
    caught attention/up.cpp '#include "examples/task.h"'
    caught examples/study/up.cpp '#include "examples/tasks/tasks.h"'
    caught examples/models/up.cpp '#include "examples/tasks/tasks.h"'
    caught examples/report/side.cpp '#include "examples/compare/plan.h"'
    caught nn/relative.cpp '#include "one.h"'
    caught nn/simd.cpp '#include <xsimd/xsimd.hpp>'
    caught autograd/kernels/up.h '#include "autograd/ops/softmax.h"'
    caught autograd/kernels/up.cpp '#include "autograd/ops.h"'
    caught autograd/kernels/up.cpp '#include "autograd/graph.h"'
    caught autograd/kernels/up.cpp '#include "autograd/tensor.h"'
    caught autograd/ops/blas.cpp '#include <cblas.h>'
    caught autograd/ops/loop.cpp '#include "autograd/threads.h"'
    caught autograd/ops/loop.cpp '  parallel_for(tiles, [&](Index tile) {'
    caught autograd/simd.h '#include <xsimd/xsimd.hpp>'
    caught nn/files/layer.cpp '#include "nn/one.h"'
    caught nn/linear.cpp '#include "nn/files/weights.h"'
    caught attention/stored.cpp '#include "nn/files/weights.h"'
    passes autograd/kernels/gemm.cpp '#include <cblas.h>' '#include "autograd/kernels/gemm.h"' \
      '#include "autograd/shape.h"' 'namespace heed::inline HEED_REAL {}'
    passes nn/files/weights.cpp '#include "nn/module.h"' '#include "nn/files/npy.h"' \
      '#include "autograd/tensor.h"'
    caught autograd/lazy.cpp '#include <xtensor/xarray.hpp>'
    caught examples/up.cpp '#include "bench/row.h"'
    caught bench/side.cpp '#include "tests/framework/thrown.h"'
    caught bench/kernels.cpp '#include <cblas.h>'
    ;;
  doors)
    caught nn/one.h '#include <fmt/core.h>'
    fresh
    printf '#include "autograd/inner.h"\n' >>"$tree/nn/one.h"
    printf '#include <xsimd/xsimd.hpp>\n' >"$tree/autograd/inner.h"
    expect 1 'two steps from a public header'
    passes nn/one.cpp '#include <fmt/core.h>'
    ;;
  umbrella)
    caught heed.h '#pragma once'
    passes heed.h '#include "nn/one.h"'
    ;;
  file_length)
    caught nn/one.cpp "$(repeated 396 '//')"
    passes nn/one.cpp "$(repeated 394 '//')"
    ;;
  line_length)
    caught nn/one.cpp "$(printf '%101s' x)"
    passes nn/one.cpp "$(printf '%100s' é)"
    ;;
  function_length)
    caught nn/one.cpp 'int f(int x) {' "$(repeated 59 '  x = {1};')" '}'
    caught nn/one.cpp 'int f(int x,' '      int y) {' "$(repeated 59 '  // }')" '}'
    caught nn/one.cpp 'struct S {' '  void f() {' "$(repeated 59 '    g("}");')" '  }' '};'
    passes nn/one.cpp 'int f(int x) {' "$(repeated 58 '  if (x) { x = 1; }')" '}'
    passes nn/one.cpp 'void f() {' '  g(R"(' "$(repeated 80 '}')" '  )");' '}'
    caught nn/one.cpp 'void f() {' '  g(R"(' '}' '  )");' "$(repeated 58 '  // x')" '}'
    passes nn/one.cpp 'namespace heed {' 'struct S {' "$(repeated 80 '  void f() {}')" '};' '}'
    ;;
  names)
    caught nn/utils.h '#pragma once'
    caught nn/string_helpers.cpp '//'
    caught nn/common/one.cpp '//'
    caught nn/OneTwo.cpp '//'
    passes nn/utility_of_money.cpp '//'
    ;;
  namespaces)
    caught nn/two.cpp 'namespace heed::nn {' '}'
    caught nn/one.cpp 'using namespace std;'
    caught nn/two.h '#include "nn/one.h"' 'namespace heed::inline HEED_REAL {}'
    ;;
  hazards)
    caught tests/a.cpp 'auto r = xt::random::rand<float>({2});'
    caught tests/a.cpp 'auto s = xt::sum(a);'
    caught nn/one.cpp 'xt::xarray<float> a;'
    caught tests/a.cpp 'std::normal_distribution<float> d;'
    caught nn/one.cpp 'std::mt19937 engine;'
    caught nn/CMakeLists.txt 'target_compile_options(x PRIVATE -ffast-math)'
    caught nn/one.cpp '#pragma omp parallel'
    caught nn/one.cpp '#include <format>'
    ;;
  library_manners)
    caught nn/one.cpp '#define SQUARE(x) ((x) * (x))'
    caught nn/one.cpp 'void f(int x) { assert(x > 0); }'
    caught nn/one.cpp 'void f() { std::cout << 1; }'
    caught nn/one.cpp 'void f() { printf("1"); }'
    caught nn/one.cpp 'void f() { std::exit(1); }'
    caught nn/one.h 'struct A { virtual int f() = 0; };'
    passes nn/one.cpp '// never call abort(), say assert(true), or printf("x")'
    ;;
  leftovers)
    caught nn/one.cpp '// TODO: later'
    caught docs/a.md 'see /home/me/notes'
    caught CMakeLists.txt 'set(DATA /tmp/data)'
    passes docs/a.md 'see https://example.org/home/me and build/tmp/x'
    ;;
  offered_names)
    caught docs/pytorch.md '| `nn.One` | `one()`, `not_there(x)` |'
    passes docs/pytorch.md '| `nn.One` | `one()` without `_loss` |'
    ;;
  named_files)
    caught README.md 'see `nn/two.h`'
    passes README.md 'see `nn/one.h`, `nn/` and `two.h`'
    ;;
  *)
    echo "no control for the rule '$name'"
    exit 1
    ;;
esac
