#!/usr/bin/env bash
# The commands of ./heed that run tests; it reads this file for them. A library of functions, which
# uses the launcher's own: prepare, configure, lock_build, require_packages, die, say.

# What ctest runs under, when it must be something.
under=()

# run_tests PRESET CTEST_ARGUMENT...: ends with ctest's own closing lines.
run_tests() {
  local build=$root/build/$1
  shift
  "${under[@]}" ctest --test-dir "$build" --output-on-failure --no-tests=error \
    -j "${HEED_JOBS:-$(getconf _NPROCESSORS_ONLN)}" "$@" </dev/null
}

test_quick() {
  prepare release all
  run_tests release -LE '^full$'
}

# The tests with a label, and only the programs that they need.
test_label() {
  local label=$1 labels
  require_packages "${packages[@]}"
  lock_build release
  configure release
  exec 9>&-
  labels=$(ctest --test-dir "$root/build/release" --print-labels | sed -n 's/^  //p')
  if ! grep -qxF -e "$label" <<<"$labels"; then
    die $wrong_usage "no test has the label '$label'; there are:" $labels
  fi
  prepare release "tests_$label"
  run_tests release -L "^$label\$"
}

# sanitize asan|tsan [all]: the tests with the label that belongs to it, and only the programs they
# need; or all tests but the longest.
sanitize() {
  local label programs tests
  case ${1:-} in
    asan) label=sanitize ;;
    tsan) label=threads ;;
    *) die $wrong_usage "./heed sanitize takes asan or tsan, not '${1:-}'" ;;
  esac
  case ${2:-} in
    '') programs=tests_$label tests=(-L "^$label\$") ;;
    all) programs=all tests=(-LE '^full$') ;;
    *) die $wrong_usage "./heed sanitize $1 takes all or nothing more, not '$2'" ;;
  esac
  prepare "$1" "$programs"
  export UBSAN_OPTIONS=print_stacktrace=1
  # Tests let the system run out of memory: that is heed's to report.
  export TSAN_OPTIONS=halt_on_error=1:allocator_may_return_null=1
  # Thread sanitizers of this age stop where the kernel spreads addresses widely.
  if [ "$1" = tsan ] && setarch -R true 2>/dev/null; then under=(setarch -R); fi
  run_tests "$1" "${tests[@]}"
  under=()
}

fuzz() {
  require_packages "${full_packages[@]}"
  prepare fuzz tests_fuzz
  export UBSAN_OPTIONS=print_stacktrace=1
  run_tests fuzz -L '^fuzz$'
}

# covered FOLDER: its files with their uncovered lines, then its share; fails below the limit.
covered() {
  printf '\n== %s\n' "$1"
  gcovr --root "$root" --add-tracefile "$root/build/coverage/coverage.json" \
    --filter "$root/$1/" --fail-under-line "$coverage_limit" --print-summary |
    grep -vE '^(branches|functions):'
}

# Layers and optimizers are compared with other packages in tests/golden, what readers refuse is in
# tests/fuzz; only these programs of the two folders are built.
coverage_limit=95
not_built='gpt_losses|published_models|fuzz|refusal'
coverage() {
  local build=$root/build/coverage folder status=0
  require_packages "${coverage_packages[@]}"
  prepare coverage tests/{autograd,nn,optim}/all golden_test malformed_test
  # Counts of earlier runs add up, and those of changed files do not fit any more.
  find "$build" -name '*.gcda' -delete
  for folder in autograd nn optim golden fuzz; do
    run_tests "coverage/tests/$folder" -LE '^full$' -E "^($not_built)" || status=$failed
  done
  gcovr --root "$root" --filter "$root/(autograd|nn|optim)/" --json "$build/coverage.json" "$build"
  for folder in autograd nn optim; do
    covered "$folder" || status=$failed
  done
  return "$status"
}

# all_tests PRESET CTEST_ARGUMENT...
all_tests() {
  prepare "$1" all
  run_tests "$@"
}

# full_part NAME COMMAND...: in a shell of its own, so that the next part runs after a failure too.
# Not before ||, where bash would go on after a failing line of the part.
full_part() {
  local name=$1 start=$SECONDS result=ok code
  shift
  say "== $name"
  set +e
  (set -e && "$@")
  code=$?
  set -e
  if [ "$code" != 0 ]; then result=FAILED status=$failed; fi
  say "== $name: $result after $((SECONDS - start)) s"
}

test_full() {
  local status=0
  require_packages "${full_packages[@]}"
  full_part 'everything' all_tests release
  full_part 'clang' all_tests clang -LE '^full$'
  full_part 'address and undefined-behaviour sanitizers' sanitize asan all
  full_part 'thread sanitizer' sanitize tsan all
  full_part 'fuzzing' fuzz
  return "$status"
}
