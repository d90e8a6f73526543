#!/usr/bin/env bash
# What `heed train gpt` promises as a process: kill it, interrupt it, damage its files.
#
#   process_test.sh PROGRAM SCENARIO [KILLS]
#
# SCENARIO is one of kill, interrupt, second_interrupt, two_at_once, truncated, nonfinite, mismatch,
# refused, any_text, longer, mechanism, level.
# What ends well is compared with a run that nobody disturbed, byte for byte.
set -euo pipefail
export LC_ALL=C

program=$1
scenario=$2
kills=${3:-6}
work=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

settings=(--layers 1 --width 16 --heads 2 --context 16 --batch 4 --warmup 10 --steps 300
          --eval-every 100 --sample 0)
tiny=("${settings[@]}" --checkpoint-every 7)

train() { "$program" train gpt "$@"; }

# In the background, with its output in $work/output and its process id in $run.
start() {
  "$program" train gpt "$@" >"$work/output" 2>&1 &
  run=$!
}

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# The code a command ends with, its output kept in $work/output.
code_of() {
  local code=0
  "$@" >"$work/output" 2>&1 || code=$?
  echo "$code"
}

expect_code() {
  local wanted=$1 code
  shift
  code=$(code_of "$@")
  [[ $code == "$wanted" ]] || fail "exit code $code instead of $wanted: $* $(cat "$work/output")"
}

expect_text() {
  grep -q -e "$1" "$work/output" || fail "no '$1' in: $(cat "$work/output")"
}

expect_same_run() {
  cmp "$1/log.jsonl" "$2/log.jsonl" || fail "the logs of $1 and $2 differ"
  cmp "$1/weights.safetensors" "$2/weights.safetensors" || fail "the weights of $1 and $2 differ"
}

undisturbed() {
  train "${tiny[@]}" --threads 1 --out "$1" >"$work/output" 2>&1 || fail "$(cat "$work/output")"
}

has_checkpoint() { compgen -G "$1/step-*.safetensors" >/dev/null; }

# Starts a run in $1 with $2 threads, or goes on with it.
start_or_resume() {
  local resume=()
  if has_checkpoint "$1"; then resume=(--resume); fi
  start "${tiny[@]}" --threads "$2" --out "$1" "${resume[@]}"
}

kill_scenario() {
  local began=${EPOCHREALTIME/./} whole  # microseconds
  undisturbed "$work/reference"
  whole=$((${EPOCHREALTIME/./} - began))
  [[ $(grep -c '"loss"' "$work/reference/log.jsonl") == 300 ]] || fail "300 steps are not logged"
  train "${tiny[@]}" --threads 2 --out "$work/two" >"$work/output" 2>&1
  expect_same_run "$work/reference" "$work/two"
  local killed=0 runs=0 run out code pause
  while ((killed < kills)); do
    out=$work/killed$((runs++))
    code=137
    while ((code == 137)); do
      start_or_resume "$out" $((1 + runs % 2))
      if ((killed < kills)); then
        pause=$((whole * (RANDOM % 1000) / 1000))
        sleep "$((pause / 1000000)).$(printf '%06d' $((pause % 1000000)))"
        kill -9 "$run" 2>/dev/null || true
      fi
      code=0
      wait "$run" 2>/dev/null || code=$?
      ((code != 137)) || ((++killed))
    done
    ((code == 0)) || fail "exit code $code: $(cat "$work/output")"
    expect_same_run "$work/reference" "$out"
    ((runs <= 10 * kills)) || fail "runs end before they can be killed"
  done
  echo "killed $killed times in $runs runs: logs and weights are equal"
}

# Waits until the run in $1 has logged $2 steps.
await_steps() {
  for _ in $(seq 600); do
    if [[ -s $1/log.jsonl ]] && (($(wc -l <"$1/log.jsonl") > $2)); then return; fi
    sleep 0.05
  done
  fail "no steps in $1: $(cat "$work/output")"
}

interrupt_scenario() {
  undisturbed "$work/reference"
  local signal
  for signal in INT TERM; do
    local out=$work/$signal code=0 run
    start "${settings[@]}" --out "$out" --checkpoint-every 100000
    await_steps "$out" 20
    kill "-$signal" "$run"
    wait "$run" || code=$?
    [[ $code == 130 ]] || fail "exit code $code after SIG$signal: $(cat "$work/output")"
    expect_text 'saved'
    [[ ! -e $out/weights.safetensors ]] || fail "the run ended before it was interrupted"
    local logged
    logged=$(grep -c '"loss"' "$out/log.jsonl")
    expect_code 0 train "${tiny[@]}" --resume --out "$out"
    expect_text "going on from step $logged "  # not one step was lost
    expect_same_run "$work/reference" "$out"
  done
}

# A run whose steps take long is interrupted twice within a step. Now and then the first signal
# comes so late in a step that the second finds the process gone: hence several tries.
second_interrupt_scenario() {
  local slow=(--layers 4 --batch 64 --context 128 --threads 1) try run code
  for try in 1 2 3 4 5; do
    start "${slow[@]}" --out "$work/run$try"
    await_steps "$work/run$try" 1
    kill -TERM "$run"
    sleep 0.1
    kill -TERM "$run" 2>/dev/null || true
    code=0
    wait "$run" || code=$?
    if ((code == 143)); then return; fi
    ((code == 130)) || fail "exit code $code: $(cat "$work/output")"
  done
  fail "the second signal never ended the process"
}

two_at_once_scenario() {
  local run
  start --layers 1 --out "$work/run"
  await_steps "$work/run" 1
  expect_code 3 train "${tiny[@]}" --out "$work/run"
  expect_text 'another process'
  kill -INT "$run"
  wait "$run" || true
}

newest() { ls "$1"/step-*.safetensors | sort -V | tail -n 1; }

truncated_scenario() {
  undisturbed "$work/reference"
  local last file
  cp -r "$work/reference" "$work/cut"
  last=$(newest "$work/cut")
  truncate -s -100 "$last"
  expect_code 0 train "${tiny[@]}" --resume --out "$work/cut"
  expect_text "$(basename "$last")"
  expect_same_run "$work/reference" "$work/cut"
  for file in "$work/cut"/step-*.safetensors; do truncate -s 1000 "$file"; done
  expect_code 3 train --resume --out "$work/cut"
  expect_text "$(basename "$last")"
  expect_code 3 train --resume --out "$work/nothing"
  expect_text 'no checkpoint'
}

nonfinite_scenario() {
  expect_code 4 train "${tiny[@]}" --lr 1e30 --out "$work/run"
  expect_text 'step [0-9]'
  expect_text 'layers.0\|wte\|wpe\|norm\|lm_head'
  has_checkpoint "$work/run" || fail "no checkpoint is left"
  if grep -qi 'nan\|inf' "$work/run/log.jsonl"; then fail "the log holds a number that is none"; fi
  expect_code 4 train --resume --out "$work/run"  # the checkpoint itself is good
}

mismatch_scenario() {
  undisturbed "$work/run"
  expect_code 2 train --resume --width 32 --out "$work/run"
  expect_text '--width 32 differs from the 16 of the checkpoint'
  expect_code 0 train --resume --width 16 --sample 20 --out "$work/run"
  expect_code 2 train --heads 3 --out "$work/run"
  expect_code 2 train --prompt @ --out "$work/run"
  has_checkpoint "$work/run" || fail "wrong usage cost the earlier run"
  expect_code 2 train --no-such-option
  expect_code 2 train --width 10 --heads 3 --out "$work/other"
  echo 'not a folder' >"$work/file"
  expect_code 3 train "${tiny[@]}" --out "$work/file/run"
  expect_code 3 train "${tiny[@]}" --data-dir "$work/nowhere" --out "$work/other"
}

sums() { (cd "$1" && sha256sum -- *); }

# refused CODE TEXT ARGUMENT...: the command ends so, and a finished run in its folder is untouched,
# byte for byte; in a folder that is not there nothing appears.
refused() {
  local code=$1 text=$2
  shift 2
  expect_code "$code" train "$@" --out "$work/run"
  expect_text "$text"
  [[ $(sums "$work/run") == "$before" ]] || fail "touched by: $*"
  [[ $1 == --steps ]] || expect_code "$code" train "$@" --out "$work/none"
  [[ ! -e $work/none ]] || fail "a folder appeared after: $*"
}

refused_scenario() {
  undisturbed "$work/run"
  before=$(sums "$work/run")
  printf 'a short text without line end, more than hundred bytes %.0s' 1 2 3 >"$work/text"
  printf 'short' >"$work/short"
  refused 2 'holds a run' --steps 3 --layers 1 --width 8 --heads 2 --context 8
  local anew=(--overwrite --layers 1)
  refused 2 'nan is no number' "${anew[@]}" --clip nan
  refused 2 'nan is no number' "${anew[@]}" --min-lr nan
  refused 2 'nan is no number' "${anew[@]}" --lr nan
  refused 2 'nan is no number' "${anew[@]}" --temperature nan
  refused 2 'inf is no number' "${anew[@]}" --weight-decay inf
  refused 2 '0,001 is no number of at least 0' "${anew[@]}" --lr 0,001
  refused 2 'no number from 0' "${anew[@]}" --seed -1
  refused 2 "did you mean '--width'" "${anew[@]}" --widht 8
  refused 2 "did you mean '--width'" "${anew[@]}" --widht=8
  refused 2 'no window of 60000' "${anew[@]}" --context 60000 --text "$work/text"
  refused 2 'prompt is empty' "${anew[@]}" --prompt ''
  refused 2 'the byte 0x40, which the text has not' "${anew[@]}" --prompt @
  refused 2 'leave one of them out' "${anew[@]}" --text "$work/text" --data-dir "$work"
  refused 2 'leave one of them out' "${anew[@]}" --resume
  refused 3 'No such file' "${anew[@]}" --text "$work/nowhere"
  refused 3 'a folder' "${anew[@]}" --text "$work"
  refused 3 "$work/short of" "${anew[@]}" --text "$work/short"
  refused 3 'is too short: at least 100' "${anew[@]}" --text "$work/short"
  refused 2 "did you mean 'local'" "${anew[@]}" --mechanism locl
  refused 2 'cannot predict the next token' "${anew[@]}" --mechanism pooling
  refused 2 'from a reward' "${anew[@]}" --mechanism hard
  refused 2 "did you mean 'window'" "${anew[@]}" --mechanism local --set local.windw=5
  refused 2 'hint: --mechanism local' "${anew[@]}" --set local.window=5
  # What is accepted can be saved and loaded; what cannot be saved is refused before the first step.
  local many=(--layers 60 --width 8 --heads 1 --context 8 --steps 2 --sample 0)
  expect_code 0 train "${many[@]}" --out "$work/many"
  rm "$work/many/weights.safetensors"
  expect_code 0 train --resume --sample 0 --out "$work/many"
  [[ -s $work/many/weights.safetensors ]] || fail 'no weights of many small tensors'
}

# Bytes of any kind train, and the first line says which were read.
any_text_scenario() {
  local small=(--layers 1 --width 8 --heads 2 --context 8 --steps 3) out=0 text
  head -c 3000 /dev/urandom >"$work/random"
  { printf '\xef\xbb\xbf' && printf 'd\xc3\xa9j\xc3\xa0 vu %s\n' {1..50}; } >"$work/bom"
  printf 'latin \xe9\xe0 %s\n' {1..50} >"$work/latin"
  printf 'no line end %s' {1..50} >"$work/line"
  gzip -c "$work/latin" >"$work/packed"
  for text in random bom latin line packed; do
    expect_code 0 train "${small[@]}" --sample 20 --text "$work/$text" --out "$work/out$((++out))"
    head -n 1 "$work/output" | grep -q "^text: $work/$text, [0-9]* bytes, FNV-1a [0-9a-f]\{16\}$" ||
      fail "the first line does not say what was read: $(head -n 1 "$work/output")"
    [[ -s $work/out$out/weights.safetensors ]] || fail "no weights of $text"
    expect_code 0 train --resume --text "$work/$text" --out "$work/out$out"
  done
  cmp "$work/out3/weights.safetensors" "$work/out5/weights.safetensors"  # plain and packed
  expect_code 2 train --resume --text "$work/bom" --out "$work/out1"
  expect_text 'other data'
}

# A finished run goes on with more steps; killed on the way it ends the same.
longer_scenario() {
  undisturbed "$work/a"
  cp -r "$work/a" "$work/b"
  local more=(--resume --sample 0 --checkpoint-every 7) run code=0
  expect_code 0 train "${more[@]}" --steps 600 --out "$work/a"
  expect_text 'from here on 600 steps'
  start "${more[@]}" --steps 600 --out "$work/b"
  await_steps "$work/b" 340
  kill -9 "$run" 2>/dev/null || true
  wait "$run" 2>/dev/null || code=$?
  [[ $code == 137 ]] || fail "the run ended before it was killed"
  expect_code 0 train "${more[@]}" --out "$work/b"
  expect_same_run "$work/a" "$work/b"
}

# Another mixer of the catalog; a checkpoint knows which, and with which options.
mechanism_scenario() {
  local small=(--layers 1 --width 8 --heads 2 --context 8 --steps 20 --sample 30) name
  for name in local additive doubly_stochastic gumbel; do  # with a cache, and without
    expect_code 0 train "${small[@]}" --mechanism "$name" --out "$work/$name"
    expect_text "^GPT of $name: "
  done
  train "${small[@]}" --mechanism local --set local.window=2 --out "$work/set" >"$work/output"
  grep -q '"mechanism":"local".*"set":"local.window=2"' "$work/set/log.jsonl" || fail "log"
  if cmp -s <(tail -n +2 "$work/set/log.jsonl") <(tail -n +2 "$work/local/log.jsonl"); then
    fail "the option changed nothing"
  fi
  cp -r "$work/set" "$work/again"
  rm "$work/again/step-00000020.safetensors"
  expect_code 0 train --resume --sample 30 --out "$work/again"
  expect_text '^GPT of local (local.window=2)'
  expect_same_run "$work/set" "$work/again"
  expect_code 2 train --resume --mechanism additive --out "$work/set"
  expect_text 'differs from the local of the checkpoint'
  undisturbed "$work/usual"
  if grep -q 'mechanism' "$work/usual/log.jsonl"; then fail "the usual run names its mechanism"; fi
}

# What the default run has to reach on the whole validation split.
level_scenario() {
  train --sample 0 --out "$work/run"
  local loss
  loss=$(grep -o '"validation_loss":[0-9.]*' "$work/run/log.jsonl" | tail -n 1 | cut -d : -f 2)
  awk -v loss="$loss" 'BEGIN { exit !(loss > 0 && loss <= 1.88) }' || fail "loss $loss above 1.88"
}

"${scenario}_scenario"
