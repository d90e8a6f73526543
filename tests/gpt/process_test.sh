#!/usr/bin/env bash
# What `heed train gpt` promises as a process: kill it, interrupt it, damage its files.
#
#   process_test.sh PROGRAM SCENARIO [KILLS]
#
# SCENARIO is one of kill, interrupt, second_interrupt, truncated, nonfinite, mismatch.
# Each compares with a run that nobody disturbed, byte for byte.
set -euo pipefail

program=$1
scenario=$2
kills=${3:-6}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tiny=(--layers 1 --width 16 --heads 2 --context 16 --batch 4 --warmup 10 --steps 300
      --checkpoint-every 7 --eval-every 0 --sample 0)

train() { "$program" train gpt "$@"; }

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

# Starts a run, or goes on with one, and kills it after a random time. True until one finishes.
killed_once() {
  local out=$1 threads=$2 resume=()
  if has_checkpoint "$out"; then resume=(--resume); fi
  train "${tiny[@]}" --threads "$threads" --out "$out" "${resume[@]}" >"$work/output" 2>&1 &
  local run=$!
  sleep "0.$(printf '%03d' $((RANDOM % 400)))"
  kill -9 "$run" 2>/dev/null || true
  local code=0
  wait "$run" 2>/dev/null || code=$?
  case $code in
    137) echo killed >>"$work/kills" ;;
    0) return 1 ;;
    *) fail "exit code $code: $(cat "$work/output")" ;;
  esac
}

kill_scenario() {
  undisturbed "$work/reference"
  [[ $(grep -c '"loss"' "$work/reference/log.jsonl") == 300 ]] || fail "300 steps are not logged"
  train "${tiny[@]}" --threads 2 --out "$work/two" >"$work/output" 2>&1
  expect_same_run "$work/reference" "$work/two"
  : >"$work/kills"
  local threads round=0
  while (($(wc -l <"$work/kills") < kills)); do
    threads=$((1 + round++ % 2))
    local out=$work/killed$round
    while killed_once "$out" "$threads"; do :; done
    expect_same_run "$work/reference" "$out"
    ((round < 10 * kills)) || fail "runs end before they can be killed"
  done
  echo "killed $(wc -l <"$work/kills") times in $round runs: logs and weights are equal"
}

# Waits until a run has logged some steps.
await_steps() {
  for _ in $(seq 600); do
    if [[ -s $1/log.jsonl ]] && (($(wc -l <"$1/log.jsonl") > 20)); then return; fi
    sleep 0.05
  done
  fail "no steps in $1: $(cat "$work/output")"
}

interrupt_scenario() {
  undisturbed "$work/reference"
  local signal
  for signal in INT TERM; do
    local out=$work/$signal code=0
    train "${tiny[@]}" --out "$out" --checkpoint-every 100000 >"$work/output" 2>&1 &
    local run=$!
    await_steps "$out"
    kill "-$signal" "$run"
    wait "$run" || code=$?
    [[ $code == 130 ]] || fail "exit code $code after SIG$signal: $(cat "$work/output")"
    expect_text 'saved'
    [[ ! -e $out/weights.safetensors ]] || fail "the run ended before it was interrupted"
    local logged
    logged=$(grep -c '"loss"' "$out/log.jsonl")
    expect_code 0 train "${tiny[@]}" --resume --out "$out"
    expect_text "step $logged"  # not one step was lost
    expect_same_run "$work/reference" "$out"
  done
}

second_interrupt_scenario() {
  # Steps long enough for the second signal to fall into the step that the first let finish.
  local large=(--layers 12 --width 512 --heads 8 --context 128 --batch 32) code=0
  train "${large[@]}" --threads 1 --out "$work/run" >"$work/output" 2>&1 &
  local run=$!
  for _ in $(seq 600); do
    if has_checkpoint "$work/run"; then break; fi
    sleep 0.05
  done
  sleep 0.5
  kill -TERM "$run"
  sleep 0.2
  kill -TERM "$run" 2>/dev/null || fail "the step was over before the second signal"
  wait "$run" || code=$?
  [[ $code == 143 ]] || fail "exit code $code: $(cat "$work/output")"
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
  expect_code 2 train --no-such-option
  expect_code 2 train --width 10 --heads 3 --out "$work/other"
  echo 'not a folder' >"$work/file"
  expect_code 1 train "${tiny[@]}" --out "$work/file/run"
  expect_code 3 train "${tiny[@]}" --data-dir "$work" --out "$work/other"
}

"${scenario}_scenario"
