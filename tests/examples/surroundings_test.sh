#!/usr/bin/env bash
# What the surroundings of a program may be: closed descriptors, readers that leave, full disks,
# links and pipes in the place of files. A case is a line or a few; further cases are further lines.
#
#   surroundings_test.sh HEED HEED_LAWS HEED_WEIGHTS
set -uo pipefail
export LC_ALL=C
heed=$1 laws=$2 weights=$3
folder=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
failures=0

fail() {
  printf 'FAILED: %s\n' "$*"
  failures=$((failures + 1))
}

# expect CODE TEXT SCRIPT: what a shell makes of the script ends with this code and says this text.
expect() {
  local code=$1 text=$2 said got
  said=$(timeout 120 bash -c "$3" 2>&1 </dev/null)
  got=$?
  [ "$got" = "$code" ] || fail "exit code $got instead of $code: $3: $said"
  grep -qF -e "$text" <<<"$said" || fail "no '$text' from $3: $said"
}

tiny='--layers 1 --width 8 --heads 2 --context 8 --batch 2 --sample 0'
export heed laws weights folder tiny

# ---- standard output ----------------------------------------------------------------------------

# What cannot be written is said, and the code is not 0.
for command in '$heed --list' '$heed --list --json' '$heed --help' '$heed --version' '$heed train' \
  '$heed train gpt --help' '$laws --help' '$weights --help'; do
  expect 3 '[output] cannot write: No space left on device' "$command > /dev/full"
done
# A code that says more stays.
expect 2 'did you mean' '$heed --mode multihed > /dev/full'
expect 3 'No space left on device' '$heed train gpt $tiny --steps 3 --out $folder/full > /dev/full'
[ -s "$folder/full/weights.safetensors" ] || fail 'no weights, since nothing could be said'

# Nobody listens: nothing else changes.
expect 0 '' 'set -o pipefail; $heed --list | true'
expect 0 '' 'set -o pipefail; $laws local | head -1'
expect 0 '' 'set -o pipefail; $heed train gpt $tiny --steps 300 --out $folder/head | head -1'
expect 0 '' '$heed train gpt $tiny --steps 300 --out $folder/all'
expect 0 '' 'cmp $folder/head/log.jsonl $folder/all/log.jsonl'
expect 0 '' 'set -o pipefail; $heed --mode local --seeds 1 --steps 20 --out $folder/c | head -1'
[ -s "$folder/c/report.html" ] || fail 'no report, since nobody listened'

# A reader that stops reading: the program waits, and Ctrl-C still ends it with nothing lost.
steps_of() { grep -c '"loss"' "$1/log.jsonl" 2>/dev/null; }
mkfifo "$folder/pipe"
(exec 8<>"$folder/pipe" && exec sleep 120) &
sleeper=$!
printf 'x%.0s' {1..56000} >"$folder/pipe"  # nearly full
"$heed" train gpt $tiny --steps 1000000 --checkpoint-every 1000000 --out "$folder/stuck" \
  >"$folder/pipe" 2>"$folder/said" &
program=$!
before=-1
for ((i = 0; i < 120; ++i)); do
  sleep 0.5
  steps=$(steps_of "$folder/stuck")
  [ "${steps:-0}" -gt 0 ] && [ "$steps" = "$before" ] && break
  before=$steps
done
kill -INT "$program"
for ((i = 0; i < 100; ++i)); do
  kill -0 "$program" 2>/dev/null || break
  sleep 0.1
done
kill -0 "$program" 2>/dev/null && fail 'a reader that does not read holds the program up'
kill -9 "$program" "$sleeper" 2>/dev/null
wait "$program" "$sleeper" 2>/dev/null
[ -e "$folder/stuck/step-$(printf %08d "$(steps_of "$folder/stuck")").safetensors" ] ||
  fail 'steps were lost since nobody read'

# Started with descriptors closed: what is printed goes nowhere, above all into no file.
for closed in '>&-' '<&-' '2>&-' '<&- >&- 2>&-'; do
  rm -rf "$folder/closed"
  expect 0 '' "\$heed train gpt \$tiny --steps 300 --out \$folder/closed $closed"
  cmp -s "$folder/closed/log.jsonl" "$folder/all/log.jsonl" || fail "the log differs with $closed"
  cmp -s "$folder/closed/weights.safetensors" "$folder/all/weights.safetensors" ||
    fail "the weights differ with $closed"
done
expect 0 '' '$heed --mode local --seeds 1 --steps 20 --out $folder/e <&- >&- 2>&-'
cmp -s <(cut -d, -f1-17 "$folder/c/results.csv") <(cut -d, -f1-17 "$folder/e/results.csv") ||
  fail 'the results differ with descriptors closed'

# ---- signals ------------------------------------------------------------------------------------

# stopped SIGNAL CODE: a trainer that gets the signal ends so, and loses no step.
stopped() {
  local out=$folder/stopped$1 program code=0
  rm -rf "$out"
  "$heed" train gpt $tiny --steps 1000000 --checkpoint-every 1000000 --out "$out" \
    >"$folder/said" 2>&1 &
  program=$!
  for ((i = 0; i < 300; ++i)); do
    sleep 0.05
    [ -s "$out/log.jsonl" ] && [ "$(wc -l <"$out/log.jsonl")" -gt 20 ] && break
  done
  kill "-$1" "$program"
  wait "$program" || code=$?
  [ "$code" = "$2" ] || fail "exit code $code instead of $2 after SIG$1"
  local steps
  steps=$(grep -c '"loss"' "$out/log.jsonl")
  [ -e "$out/step-$(printf %08d "$steps").safetensors" ] || fail "steps were lost after SIG$1"
}
for signal in INT TERM HUP XCPU; do stopped "$signal" 130; done

# Under nohup a closed terminal is no reason to stop.
expect 0 '' 'trap "" HUP; $heed train gpt $tiny --steps 3000 --out $folder/nohup >$folder/said &
  program=$!; sleep 0.3; kill -HUP $program; wait $program'

# ---- files --------------------------------------------------------------------------------------

# A limit of the size of files is a full disk: said so, and what was saved before stays.
expect 3 'cannot write' 'ulimit -f 60; $heed train gpt $tiny --steps 3000 --out $folder/limit'
expect 0 'going on from step' '$heed train gpt --sample 0 --resume --out $folder/limit'

# What is no file is not written to, and not waited for.
mkdir -p "$folder/pipes" && mkfifo "$folder/pipes/log.jsonl"
expect 3 'is not a file' '$heed train gpt $tiny --steps 3 --out $folder/pipes'
mkdir -p "$folder/device" && ln -s /dev/null "$folder/device/results.json"
expect 3 'it is a device, not a file' \
  '$heed --mode local --seeds 1 --steps 2 --out $folder/device'

# A link is followed, and a mode is kept.
mkdir -p "$folder/linked" "$folder/elsewhere"
ln -s ../elsewhere/weights "$folder/linked/weights.safetensors"
expect 0 '' '$heed train gpt $tiny --steps 3 --out $folder/linked'
[ -L "$folder/linked/weights.safetensors" ] || fail 'the link was replaced'
cmp -s "$folder/linked/weights.safetensors" "$folder/full/weights.safetensors" ||
  fail 'the file behind the link is not written'
touch "$folder/c/results.csv" && chmod 600 "$folder/c/results.csv"
expect 0 '' '$heed --mode local --seeds 1 --steps 2 --out $folder/c'
[ "$(stat -c %a "$folder/c/results.csv")" = 600 ] || fail 'the mode was changed'

# A folder may be a link, and have any name.
mkdir "$folder/real" && ln -s real "$folder/link"
expect 0 '' '$heed train gpt $tiny --steps 3 --out $folder/link'
expect 0 '' '$heed --mode local --seeds 1 --steps 2 --out $folder/link'
expect 0 '' $'$heed train gpt $tiny --steps 3 --out "$folder/a name\n\xff"'
expect 0 '' $'$heed --mode local --seeds 1 --steps 2 --out "$folder/a name\n\xff"'

# A folder that is missing is called missing.
expect 3 'there is no folder' '$heed train gpt $tiny --text $folder/nowhere/text --out $folder/x'
expect 3 'there is no such folder' \
  '$heed --mode pooling --data-dir $folder/nowhere --out $folder/x'
expect 3 'there is no folder' '$heed train gpt --resume --out $folder/nowhere'

[ "$failures" = 0 ] && echo 'all as expected'
exit "$failures"
