#!/usr/bin/env bash
# Nothing that was computed is ever lost: a trainer and a comparison are disturbed at random moments
# in all the ways that happen to programs, and what they had done must be there afterwards.
#
#   nothing_lost_test.sh HEED MOMENTS [SEED]
#
# A trainer that goes on must end like one that nobody disturbed, byte for byte, and must not have
# lost a step where it was asked politely. Of a comparison every run that it had shown as finished
# must be in a file, and what was in the folder before as well.
set -uo pipefail
export LC_ALL=C
heed=$1 moments=$2 seed=${3:-$RANDOM}
RANDOM=$seed
folder=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
failures=0

train=(train gpt --layers 1 --width 16 --heads 2 --context 16 --batch 4 --warmup 10 --steps 300
  --eval-every 100 --sample 0 --checkpoint-every 7)
compare=(--mode local,self --task reverse --seeds 2 --steps 60)

fail() {
  printf 'FAILED at moment %s, %s: %s\n' "$moment" "$way" "$*"
  failures=$((failures + 1))
}

sums() { (cd "$1" && find . -type f ! -name "${2:-}" -exec sha256sum {} + | sort); }
now() { echo "${EPOCHREALTIME/./}"; }  # microseconds

# Sleeps for a random part of $1 microseconds.
random_moment() {
  local pause=$(($1 * (RANDOM % 1000) / 1000))
  sleep "$((pause / 1000000)).$(printf '%06d' $((pause % 1000000)))"
}

# start COMMAND...: as a job of a terminal, in a process group of its own that Ctrl-C reaches. Into
# a pipe, whose reader Ctrl-C ends as well.
start_in_pipe() {
  set -m
  "$@" 2>&1 | cat >"$folder/said" &
  job=$!
  group=$(jobs -p %+)
  set +m
}
start() {
  set -m
  "$@" >"$folder/said" 2>&1 &
  job=$!
  group=$job
  set +m
}
# In a terminal that somebody closes.
start_in_terminal() {
  script -qfc "exec $(printf '%q ' "$@")" "$folder/said" >/dev/null 2>&1 </dev/null &
  job=$!
}
# The processes of group $1, and those that write into folder $1.
in_group() {
  local line rest
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    read -r _ _ rest _ <<<"${line##*) }"
    if [ "$rest" = "$1" ]; then echo "$stat"; fi
  done
}
writers_of() { grep -lzxF -f - /proc/[0-9]*/cmdline <<<"$1" 2>/dev/null; }

# await_none WHAT COMMAND...: until it prints nothing any more.
await_none() {
  local what=$1 tries
  shift
  for ((tries = 0; tries < 300; ++tries)); do
    [ -n "$("$@")" ] || return 0
    sleep 0.1
  done
  fail "$what"
}
# Until nobody is at work in $1 any more.
await_end() {
  wait "$job" 2>/dev/null
  await_none 'it does not end' writers_of "$1"
}

# ---- a trainer ----------------------------------------------------------------------------------

newest_step() {
  local step
  step=$(ls "$1" 2>/dev/null | sed -n 's/^step-\([0-9]*\)\.safetensors$/\1/p' | sort | tail -1)
  [ -z "$step" ] || echo "$((10#$step))"
}
logged_steps() { grep -c '"loss"' "$1/log.jsonl" 2>/dev/null || true; }

# What a trainer may have lost: nothing where it was asked to stop, the steps since the last
# checkpoint where it was killed.
check_steps() {
  local out=$1 most=$2 logged newest
  [ -e "$out/weights.safetensors" ] && return
  logged=$(logged_steps "$out") newest=$(newest_step "$out")
  [ "${logged:-0}" -gt 0 ] || return
  [ "$((logged - ${newest:--1000}))" -le "$most" ] ||
    fail "steps 1 to $logged were done, and the newest checkpoint is of step $newest"
}

finish_training() {
  local out=$1 code=0
  if [ -n "$(newest_step "$out")" ]; then
    "$heed" "${train[@]}" --resume --out "$out" >"$folder/said" 2>&1 || code=$?
  else
    "$heed" "${train[@]}" --out "$out" >"$folder/said" 2>&1 || code=$?
  fi
  [ "$code" = 0 ] || fail "exit code $code: $(cat "$folder/said")"
  cmp -s "$out/log.jsonl" "$folder/trained/log.jsonl" || fail 'the log is another one'
  cmp -s "$out/weights.safetensors" "$folder/trained/weights.safetensors" ||
    fail 'the weights are others'
  if ls -A "$out" | grep -q '\.tmp\.'; then fail 'half-written files are left'; fi
}

train_killed() {
  start "$heed" "${train[@]}" --out "$1"
  random_moment "$training"
  kill -9 -- "-$group" 2>/dev/null
  await_end "$1"
  check_steps "$1" 7
}
train_interrupted_through_a_pipe() {
  start_in_pipe "$heed" "${train[@]}" --out "$1"
  random_moment "$training"
  kill -INT -- "-$group" 2>/dev/null
  await_end "$1"
  check_steps "$1" 0
}
train_in_a_terminal_that_is_closed() {
  start_in_terminal "$heed" "${train[@]}" --out "$1"
  random_moment "$training"
  kill -9 "$job" 2>/dev/null
  await_end "$1"
  check_steps "$1" 0
}
train_on_a_full_disk() {
  local blocks=$((RANDOM % 60)) code=0  # of 1024 bytes, a file
  (ulimit -f "$blocks" && exec "$heed" "${train[@]}" --out "$1") 2>&1 | cat >"$folder/said"
  code=${PIPESTATUS[0]}
  if [ "$code" != 0 ]; then
    [ "$code" = 3 ] || fail "exit code $code with files of at most $blocks KiB"
    grep -q 'cannot' "$folder/said" || fail "no reason: $(cat "$folder/said")"
  fi
  check_steps "$1" 7
}
train_twice() {
  local before code=0
  start "$heed" "${train[@]}" --out "$1"
  random_moment "$training"
  "$heed" "${train[@]}" --steps 5 --out "$1" >"$folder/second" 2>&1 || code=$?
  # Nothing was there to be refused if the first had not begun; then the second is the run.
  [ "$code" = 3 ] || [ "$code" = 2 ] || [ "$code" = 0 ] || fail "a second run ends with $code"
  if [ "$code" = 0 ]; then
    wait "$job" && fail 'both runs are done'
    rm -rf "$1"
    return
  fi
  await_end "$1"
  [ -e "$1/weights.safetensors" ] || fail 'the refused run cost the first one its end'
  before=$(sums "$1")
  "$heed" "${train[@]}" --steps 5 --out "$1" >"$folder/second" 2>&1 &&
    fail 'a second run is not refused'
  [ "$(sums "$1")" = "$before" ] || fail 'a refused run has touched something'
}

# ---- a comparison -------------------------------------------------------------------------------

# The runs that were shown, and those that are in a file.
shown_runs() { grep -acE '^[a-z-]+ on [a-z-]+.* [0-9]+ +[0-9]\.[0-9]{4} ' "$folder/said" || true; }
kept_runs() {
  local file most=0 count
  for file in "$1/results.json" "$1/unfinished.json"; do
    [ -e "$file" ] || continue
    [ -n "${2:-}" ] && [ "$file" -ef "$2" ] && continue
    count=$(grep -c '"score":[0-9]' "$file" || true)
    if [ "$count" -gt "$most" ]; then most=$count; fi
  done
  echo "$most"
}
# $1 has what was shown; with $2 a file of an earlier comparison does not count. A comparison counts
# runs without the mechanism as well: they are shown, but not listed.
check_runs() {
  local out=$1 shown kept
  shown=$(grep -avE '\(without\)' "$folder/said" |
    grep -acE '^[a-z-]+ on [a-z-]+.* [0-9]+ +[0-9]\.[0-9]{4} ' || true)
  kept=$(kept_runs "$out" "${2:-}")
  [ "$kept" -ge "$shown" ] || fail "$shown runs were shown, $kept are kept"
}

compare_killed() {
  start "$heed" "${compare[@]}" --out "$1"
  random_moment "$comparing"
  kill -9 "$job" 2>/dev/null  # not its workers: they notice
  await_end "$1"
  await_none 'workers go on without their program' in_group "$group"
  check_runs "$1"
}
compare_interrupted_through_a_pipe() {
  start_in_pipe "$heed" "${compare[@]}" --out "$1"
  random_moment "$comparing"
  kill -INT -- "-$group" 2>/dev/null
  await_end "$1"
  check_runs "$1"
}
compare_in_a_terminal_that_is_closed() {
  start_in_terminal "$heed" "${compare[@]}" --out "$1"
  random_moment "$comparing"
  kill -9 "$job" 2>/dev/null
  await_end "$1"
  sed -i 's/.*\x1b\[K//; s/\r//g' "$folder/said"
  check_runs "$1"
}
compare_on_a_full_disk() {
  local blocks=$((RANDOM % 40)) code=0 shown
  (ulimit -f "$blocks" && exec "$heed" "${compare[@]}" --out "$1") 2>&1 | cat >"$folder/said"
  code=${PIPESTATUS[0]}
  [ "$code" = 0 ] || [ "$code" = 3 ] || fail "exit code $code with files of at most $blocks KiB"
  # What could not be written was shown: all runs, and the summary.
  if [ "$code" = 3 ] && [ -e "$1" ]; then
    shown=$(shown_runs)
    [ "$shown" = "$(grep -acE '^[a-z-]+ on ' "$folder/compared.said")" ] ||
      fail "$shown runs are shown"
    grep -q '^ablated: ' "$folder/said" || fail 'no summary is shown'
  fi
}
compare_over_another() {
  cp -r "$folder/compared" "$1"
  local before
  before=$(sums "$1" unfinished.json)
  start "$heed" "${compare[@]}" --seed 5 --out "$1"
  random_moment "$((comparing * 9 / 10))"
  if ((RANDOM % 2)); then kill -9 "$job" 2>/dev/null; else kill -INT -- "-$group" 2>/dev/null; fi
  local code=0
  wait "$job" 2>/dev/null || code=$?
  await_end "$1"
  if [ "$code" = 0 ] || [ "$code" = 1 ]; then return; fi  # it was through
  # So it was when the signal came after its last file.
  if [ ! -e "$1/unfinished.json" ] && grep -q '"seed":5,' "$1/results.json"; then
    [ "$(kept_runs "$1")" = 4 ] || fail 'all is written, and runs are missing'
    return
  fi
  if [ "$(sums "$1" unfinished.json)" != "$before" ]; then
    fail "an unfinished comparison has touched a finished one: $code"
    return
  fi
  check_runs "$1" "$1/results.json"
}

# -------------------------------------------------------------------------------------------------

moment=0 way='undisturbed'
began=$(now)
"$heed" "${train[@]}" --out "$folder/trained" >"$folder/said" 2>&1 || fail "$(cat "$folder/said")"
training=$(($(now) - began)) began=$(now)
"$heed" "${compare[@]}" --out "$folder/compared" >"$folder/compared.said" 2>&1 ||
  fail "$(cat "$folder/compared.said")"
comparing=$(($(now) - began))
[ "$(kept_runs "$folder/compared")" = 4 ] || fail 'four runs should be kept'

ways=(train_killed compare_killed train_interrupted_through_a_pipe
  compare_interrupted_through_a_pipe train_on_a_full_disk compare_on_a_full_disk
  train_twice compare_over_another)
if command -v script >/dev/null; then
  ways+=(train_in_a_terminal_that_is_closed compare_in_a_terminal_that_is_closed)
fi
for ((moment = 1; moment <= moments; ++moment)); do
  way=${ways[(moment - 1) % ${#ways[@]}]}
  out=$folder/$moment
  "$way" "$out"
  case $way in train_*) finish_training "$out" ;; esac
  rm -rf "$out"
done
echo "$moments moments, seed $seed: $failures failed"
[ "$failures" = 0 ]
