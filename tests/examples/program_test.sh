#!/usr/bin/env bash
# The main program from outside: exit codes, messages, what is written, Ctrl-C, a crash of one run.
set -uo pipefail
heed=$1 weights=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0

fail() {
  printf 'FAILED: %s\n' "$*"
  failures=$((failures + 1))
}

# expect CODE TEXT COMMAND...: the exit code, and a text somewhere in what is said.
expect() {
  local code=$1 text=$2 said got
  shift 2
  said=$("$@" 2>&1 </dev/null)
  got=$?
  [ "$got" = "$code" ] || fail "exit code $got instead of $code: $*: $said"
  grep -qF -e "$text" <<<"$said" || fail "no '$text' from $*: $said"
}

# child_of PID: waits for a process that it has started and prints its id.
child_of() {
  local tries stat line state parent rest
  for ((tries = 0; tries < 100; ++tries)); do
    for stat in /proc/[0-9]*/stat; do
      { read -r line <"$stat"; } 2>/dev/null || continue
      read -r state parent rest <<<"${line##*) }"
      [ "$parent" = "$1" ] || continue
      stat=${stat#/proc/}
      echo "${stat%/stat}"
      return
    done
    sleep 0.1
  done
  return 1
}

expect 0 'heed 0.' "$heed" --version
expect 0 '--mode' "$heed" --help
expect 0 'multihead' "$heed" --list
expect 0 '"name": "multihead"' "$heed" --list --json
expect 0 '| `multihead` |' "$heed" --list --markdown
expect 0 'gpt' "$heed" train

expect 2 "did you mean 'multihead'?" "$heed" --mode multihed
expect 2 "did you mean '--mode'?" "$heed" --mod self
expect 2 "did you mean 'recall'?" "$heed" --task recal
expect 2 'cannot run on dates: it takes no context' "$heed" --task dates --mode local
expect 2 "did you mean 'window'?" "$heed" --mode local --set local.windwo=5
expect 2 'is not NAME.OPTION=NUMBER' "$heed" --mode local --set local.window=nan
# A name that is far from all is not guessed; a bare one is shown with its option.
expect 2 "did you mean '--task recall'?" "$heed" recall
expect 2 "did you mean '--mode local'?" "$heed" lokal
expect 2 "did you mean './heed test'?" "$heed" tests
expect 2 'hint: --help lists the options' "$heed" nonsense
expect 2 'hint: there are multihead, ' "$heed" --mode nonsense
expect 2 'hint: there are reverse, ' "$heed" --task nonsense
expect 2 "hint: there are gpt, papers" "$heed" train --list
expect 2 'hint: --help lists the options' "$heed" train gpt extra
# Settings that cannot be carried out are refused before anything is trained or made.
for change in local.window=-5 local.window=2.5 reverse.heads=3; do
  expect 2 '[local] ' \
    "$heed" --mode local --task reverse --steps 1 --set "$change" --out "$folder/never"
done
expect 2 '[top-k] k must be at least 1: 0' \
  "$heed" --mode top-k --task recall --set top-k.k=0 --out "$folder/never"
expect 2 'is not NAME.OPTION=NUMBER' "$heed" train gpt --mechanism local --set local.window
expect 2 "did you mean 'gpt'?" "$heed" train gtp
# What says the same twice, or nothing: refused where it is read. Further cases are further lines.
expect 2 'seeds' "$heed" --seeds 0
expect 2 '--seed: Value -1 not in range' "$heed" --seed -1
expect 2 '--seed' "$heed" --seed 18446744073709551615
expect 2 '--seed' "$heed" --seed 1e400
expect 2 '--seed' "$heed" --seed nan
expect 2 '--steps' "$heed" --steps -1
expect 2 '--steps' "$heed" --steps 2.5
expect 2 '--steps' "$heed" --steps 1,000
expect 2 '--json requires --list' "$heed" --json
expect 2 '--markdown requires --list' "$heed" --markdown
expect 2 'excludes' "$heed" --list --json --markdown
expect 2 'excludes' "$heed" --quick --seeds 2
for option in --mode --task --set; do
  for names in , a,, ,a ''; do
    expect 2 "'$names' has an empty name in it" "$heed" "$option" "$names" --list
  done
done
expect 2 "',' has an empty name in it" "$heed" train gpt --set , --out "$folder/never"
expect 2 'local.window is given twice: 5 and 7' \
  "$heed" --mode local --set local.window=5,local.window=7 --out "$folder/never"
expect 2 'local.window is given twice: 5 and 7' \
  "$heed" train gpt --mechanism local --set local.window=5 --set local.window=7
expect 2 '--steps and reverse.steps both say' \
  "$heed" --task reverse --steps 5 --set reverse.steps=7 --out "$folder/never"
[ ! -e "$folder/never" ] || fail 'a refused command has made its folder'
printf 'seed=-1\n' >"$folder/negative"
expect 2 '--seed: Value -1 not in range' "$heed" --config "$folder/negative"
expect 3 'the folder : ' "$heed" --out ''
expect 2 "the program's own use" "$heed" worker self

touch "$folder/file"
expect 3 'hint: choose another with --out' "$heed" --out "$folder/file/below"
expect 3 'nowhere' "$heed" --mode pooling --data-dir "$folder/nowhere" --out "$folder/nothing"
expect 3 'nowhere' "$heed" --config "$folder/nowhere"
# A file of options that names none: nothing is trained in its place.
printf 'step=5\n' >"$folder/misspelt"
expect 2 "did you mean 'steps'?" "$heed" --config "$folder/misspelt" --out "$folder/never"
printf '\000\001\377\n' >"$folder/binary"
expect 2 'the file names an option that there is not' "$heed" --config "$folder/binary" --list
printf '[train]\nsteps=5\n' >"$folder/section"
expect 2 'the file names an option that there is not' "$heed" --config "$folder/section" --list
[ ! -e "$folder/never" ] || fail 'a refused command has made its folder'
mkdir "$folder/nan" "$folder/cut"
printf 'nan,%s0\n' "$(printf '0,%.0s' {1..63})" | gzip >"$folder/nan/optdigits.tes.gz"
gzip <<<'0,0,0' | head -c 12 >"$folder/cut/optdigits.tes.gz"
expect 4 'optdigits' "$heed" --mode pooling --data-dir "$folder/nan" --out "$folder/nothing"
expect 3 'optdigits' "$heed" --mode pooling --data-dir "$folder/cut" --out "$folder/nothing"
[ -e "$folder/nothing/results.json" ] && fail 'trained without its data'

# The weights of other programs: of another model, and options that a model has not.
golden=$(dirname "${BASH_SOURCE[0]}")/../golden
with=(--weights "$golden/hf_vit.safetensors" --ids "$golden/numpy_i8_version2.npy"
  --logits "$folder/logits.npy")
expect 3 "the file is of another model: there is no 'transformer.wte.weight'" \
  "$weights" gpt2 --heads 2 "${with[@]}"
expect 2 '--types and --mask are of bert' "$weights" gpt2 --heads 2 --mask mask.npy "${with[@]}"
expect 2 "did you mean '--heads'?" "$weights" gpt2 --head 2 "${with[@]}"
expect 3 'an array of NumPy' "$weights" gpt2 --heads 2 --weights "${with[@]:3:1}" "${with[@]:2}"

# Two short runs of each kind, with options from a file.
printf 'steps=5\nseeds=2\n' >"$folder/options"
expect 0 'levels were not judged: --steps was given' \
  "$heed" --mode self --task reverse,recall --config "$folder/options" --out "$folder/a"
# Console, report and results say the same.
grep -qF '"levels":"not judged: --steps was given"' "$folder/a/results.json" ||
  fail 'the results do not say that levels were not judged'
grep -qF 'not judged: --steps was given' "$folder/a/report.html" ||
  fail 'the report does not say that levels were not judged'
grep -qiE 'misses its level|MISSED|"standing":"(good|bad|doubtful)"|"expected":"[a-z]' \
  "$folder/a/results.json" "$folder/a/report.html" && fail 'something is judged after all'
for name in results.json results.csv report.html; do
  [ -s "$folder/a/$name" ] || fail "no $name"
done
[ "$(wc -l <"$folder/a/results.csv")" = 5 ] || fail 'not a header and four runs in results.csv'
ls -A "$folder/a" | grep -q tmp && fail 'temporary files left behind'

# A mechanism on a task that does not list it, and with another option.
expect 0 'left out: hard on reverse: it learns from a reward' \
  "$heed" --task reverse --mode all --seeds 1 --steps 2 --out "$folder/all"
grep -qF '"additive"' "$folder/all/results.json" || fail 'not all that can were compared'
expect 0 'window=5' "$heed" --mode local --task reverse --set local.window=5 --seeds 1 --steps 2 \
  --out "$folder/set"

# The same seed gives the same scores and losses, however many runs are at work.
expect 0 'written' "$heed" --mode local --seeds 1 --steps 20 --threads 1 --out "$folder/b"
expect 0 'written' "$heed" --mode local --seeds 1 --steps 20 --threads 2 --out "$folder/c"
cut -d, -f1-17 "$folder/b/results.csv" >"$folder/b.csv"
cut -d, -f1-17 "$folder/c/results.csv" | cmp - "$folder/b.csv" ||
  fail 'scores differ between 1 and 2 threads'

# Ctrl-C: what was finished is written.
"$heed" --mode local,additive --seeds 2 --threads 1 --out "$folder/d" >"$folder/d.log" 2>&1 &
program=$!
child=$(child_of $program) || fail 'no worker was started'
kill -INT $program
wait $program
[ $? = 130 ] || fail 'no exit code 130 after Ctrl-C'
grep -qF '"interrupted"' "$folder/d/results.json" ||
  fail 'results do not say that they were interrupted'
[ -e "/proc/$child" ] && fail 'a worker survived'

# A crash costs one run and is reported.
"$heed" --mode additive --seeds 2 --threads 1 --steps 10 --out "$folder/e" >"$folder/e.log" 2>&1 &
program=$!
child=$(child_of $program) && kill -KILL "$child"
wait $program
[ $? = 1 ] || fail "no exit code 1 after a crash: $(cat "$folder/e.log")"
grep -qF 'ended by a signal: Killed' "$folder/e/results.json" ||
  fail 'the crash is not in the results'
grep -qF '"score":0' "$folder/e/results.json" ||
  fail 'the other run is not in the results'

[ "$failures" = 0 ] && echo 'all as expected'
exit "$failures"
