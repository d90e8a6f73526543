#!/usr/bin/env bash
# compare_torch_test.sh FOLDER WORKER: bench/compare_torch.py refuses wrong names, writes what it
# found, and with PyTorch, JAX or MLX finds the same numbers on both sides; and finds it when they
# are not.
set -euo pipefail

folder=$1 worker=$2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
compare=("$folder/compare_torch.py" --worker "$worker" --json "$out/bench.json")

if ! command -v python3 >/dev/null; then
  echo 'skipped: there is no python3'
  exit 77
fi
export PYTHONDONTWRITEBYTECODE=1

# run EXIT ARGUMENT...
run() {
  local want=$1 got=0
  shift
  python3 "${compare[@]}" "$@" >"$out/said" 2>&1 || got=$?
  if [ "$got" != "$want" ]; then
    printf 'exit %s instead of %s: %s\n' "$got" "$want" "$*"
    cat "$out/said"
    exit 1
  fi
}
says() { grep -qE -e "$1" "$out/said" || { echo "does not say $1" && cat "$out/said" && exit 1; }; }

run 2 sofmax
says "no row or group 'sofmax'; did you mean softmax"
run 2 softmax --write
run 2 --rounds 0
run 1 --cpu 100000 softmax
run 2 --isa avx512
run 2 --isa avx2 --threads 2
run 2 --isa avx2 softmax --write
run 2 --threads 1
run 2 --threads 2 --check
run 2 --threads 2 --others
run 2 --others softmax --write
run 2 --threads 2 scale --write
run 1 --threads 1000 softmax
says '1000 threads want as many cores'
run 0 --list
says '^chain_300 +graph$'

# heed alone: the limit, the row, the JSON.
run 0 --alone --rounds 2 --segment 0.001 chain_300
says '^sgemm_blas .* 100% .*GFLOP/s'
says '^chain_300 +[0-9.]+ *$'
grep -q '"multiply_adds": 3623878656' "$out/bench.json"
run 0 --alone --isa avx2 --rounds 2 --segment 0.001 chain_300
grep -q '"OpenBLAS core": "Haswell"' "$out/bench.json"
grep -q '"rows-avx2"' "$out/bench.json"
run 0 --alone full_128 full_256
says '^full: time N\^[0-9.]+, memory N\^(0\.9|1\.0)'
run 0 --alone {full,local,fixed}_{128,256}_step fixed_{1024,4096}_state
says '^local +256 +[0-9.]+ +[0-9]+ +[0-9]+$'
says '^local: time N\^[0-9.]+, memory N\^[0-9.]+; .*(faster than full from|not faster than full)'
says '^fixed: .*decoding carries 128 numbers a token$'


# Two threads beside one, on a machine that has two cores.
if [ "$(nproc)" -gt 1 ]; then
  run 0 --threads 2 --rounds 2 --segment 0.001 sum_axis1 chain_300
  says '^sum_axis1 +[0-9.]+ .* 1.5 +(ok|under)$'
  says '^chain_300 +[0-9.]+ .* 1.0 +(ok|under)$'
fi

# JAX and MLX, where one of them is.
others=77
for package in jax mlx.core; do
  if python3 -c "import $package" 2>/dev/null; then others=0; fi
done
run "$others" --others --check softmax gelu_fb attention_n128_causal gpt_t32_d32
cat "$out/said"
run "$others" --others --rounds 2 --segment 0.001 exp
if [ "$others" = 0 ]; then
  run 2 --others --check lstm_fb
  says 'none of these rows is written for JAX or MLX'
fi

# Without NumPy: heed alone as ever, and no comparison of values.
mkdir "$out/without" && echo 'raise ImportError("no numpy")' >"$out/without/numpy.py"
PYTHONPATH=$out/without run 0 --list
PYTHONPATH=$out/without run 0 --alone --rounds 2 --segment 0.001 chain_300
PYTHONPATH=$out/without run 77 --check chain_300
PYTHONPATH=$out/without run 77 --others chain_300

if ! python3 -c 'import torch, numpy' 2>/dev/null; then
  echo 'skipped: there is no PyTorch, or no NumPy'
  exit 77
fi
run 0 --rounds 2 --segment 0.001 chain_300
says '^chain_300 .* (ok|over) +autograd$'

# Rows that PyTorch does not compute so: another function, another shape, a NaN, a result less.
python3 - "$folder" "$worker" >"$out/said" <<'END' || { cat "$out/said" && exit 1; }
import sys

sys.path.insert(0, sys.argv[1])
import compare_torch
import torch_rows
from worker_process import Worker

with Worker(sys.argv[2]) as worker:
    def same(row, instead=None):
        kept = torch_rows.ROWS[row]
        torch_rows.ROWS[row] = instead or kept
        try:
            return compare_torch.check(worker, [("kernels", row)], torch_rows)
        finally:
            torch_rows.ROWS[row] = kept

    def results(name, change):
        def row(i):
            forms = kept(i)
            outputs = forms[0].outputs
            forms[0].outputs = lambda: change(outputs())
            return forms
        kept = torch_rows.ROWS[name]
        return row

    nan = torch_rows.torch.nan

    assert same("gelu_fb") and same("sum_axis0")
    assert not same("gelu_fb", torch_rows.elementwise_gradient(torch_rows.gelu_tanh))
    assert not same("sum_axis0", results("sum_axis0", lambda y: {"y": y["y"][:, None]}))
    assert not same("sum_axis0", results("sum_axis0", lambda y: {}))
    assert not same("sum_axis0", results("sum_axis0", lambda y: {"y": y["y"] * nan}))
    assert not same("gelu_fb", results("gelu_fb", lambda y: {**y, "grad.x": y["grad.x"] * nan}))
END

run 0 --list
mapfile -t short < <(grep -oE '^[a-z-]+_(128|512)_step' "$out/said")
run 0 --check "${short[@]}"
says '^bigbird_512_step +PyTorch fused'
cat "$out/said"
run 0 --check kernels layers graph attention_n{128,512}_{full,causal} gpt_t32_d32 gpt_t64_d64
says '^gpt_t64_d64 +PyTorch foreach'
cat "$out/said"
