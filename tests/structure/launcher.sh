#!/usr/bin/env bash
# launcher.sh LAUNCHER: tries the launcher in a tree of its own, with stand-ins for dpkg-query,
# apt-get, cmake, ninja and the program, so that every machine can be played: a fresh one, one
# without root, one without apt, one where a build fails. Nothing is installed or built.
set -euo pipefail
unset HEED_JOBS HEED_NO_INSTALL  # whoever runs the tests may have set them

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tree/tests" "$work/bin" "$work/elsewhere"
cp "$1" "$work/tree/heed"
cp "$(dirname "$1")/tests/commands.sh" "$work/tree/tests"

# The machine: only these programs exist.
for tool in bash env readlink dirname mkdir rm cat grep sed stat tail head getconf flock touch \
  chmod; do
  ln -s "$(command -v "$tool")" "$work/bin/$tool"
done

# fake NAME <script: puts a program on the machine. $calls collects what was called.
export calls=$work/calls work
fake() {
  { printf '#!/usr/bin/env bash\n' && cat; } >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}

# A machine with everything installed where every build works.
good_machine() {
  rm -rf "$work/tree/build"
  : >"$calls"
  echo 'echo 0' | fake id
  fake dpkg-query <<<'shift 2; for p in "$@"; do echo "$p=installed"; done'
  fake apt-get <<<'echo "apt-get $*" >>"$calls"'
  fake c++ <<<'exit 0'
  fake cmake <<<'echo "cmake $*" >>"$calls"; mkdir -p build/$2; touch build/$2/build.ninja'
  fake ninja <<'END'
echo "ninja $*" >>"$calls"
mkdir -p "$2/examples"
printf '#!/usr/bin/env bash\nprintf "<%%s>" "$@"; exit ${exit_with:-0}\n' >"$2/examples/heed"
chmod +x "$2/examples/heed"
printf '#!/usr/bin/env bash\nprintf "laws<%%s>" "$@"\n' >"$2/examples/heed_laws"
chmod +x "$2/examples/heed_laws"
mkdir -p "$2/bench"
printf '#!/usr/bin/env bash\nprintf "alone<%%s>" "$@"\n' >"$2/bench/heed_bench"
chmod +x "$2/bench/heed_bench"
echo '[1/1] Linking'
END
  fake ctest <<<'echo "ctest $*" >>"$calls"; case $* in *--print-labels*) echo "  quick";; esac'
  rm -f "$work/bin/sudo"
}

failures=0
fail() {
  printf 'FAILED: %s\n' "$*"
  sed 's/^/    /' "$work/out" "$work/err" "$calls"
  failures=$((failures + 1))
}

# run EXIT ARGUMENT...: runs the launcher from another folder and wants this exit code.
run() {
  local want=$1 got=0
  shift
  (cd "$work/elsewhere" && PATH=$work/bin exec "$work/tree/heed" "$@") \
    >"$work/out" 2>"$work/err" </dev/null || got=$?
  [ "$got" = "$want" ] || fail "exit $got instead of $want: heed $*"
}
stdout_is() { [ "$(cat "$work/out")" = "$1" ] || fail "stdout is not '$1'"; }
says() { grep -qF -e "$1" "$work/err" || fail "does not say '$1'"; }
silent() { [ ! -s "$work/err" ] || fail "says something"; }
called() { grep -qF -e "$1" "$calls" || fail "did not call '$1'"; }
not_called() { ! grep -qF -e "$1" "$calls" || fail "called '$1'"; }

# Arguments reach the program as they are, stdout is the program's, and so is the exit code.
good_machine
run 0 --mode 'a b' '' '*'
stdout_is '<--mode><a b><><*>'
called 'cmake --preset release'
called 'ninja -C'
not_called apt-get
: >"$calls"
exit_with=130 run 130 train gpt
stdout_is '<train><gpt>'
not_called cmake
silent

run 0 laws local
stdout_is 'laws<local>'

# Through a link as well.
ln -s "$work/tree/heed" "$work/elsewhere/h"
(cd "$work/elsewhere" && PATH=$work/bin ./h x) >"$work/out" 2>"$work/err" || fail 'through a link'
stdout_is '<x>'
[ ! -e "$work/elsewhere/build" ] || fail 'built beside the link'

# A fresh machine: says what it installs, then installs it.
good_machine
fake dpkg-query <<<'shift 2; for p in "$@"; do [ $p = cmake ] || echo "$p=installed"; done; exit 1'
run 0
says 'installing 1 packages with apt: cmake'
called 'apt-get -q update'
called 'apt-get -q install -y --no-install-recommends cmake'

# A package that was removed but left its settings is missing.
good_machine
fake dpkg-query <<<'shift 2; for p in "$@"; do echo "$p=config-files"; done'
run 0
says 'packages with apt: g++ cmake'

# Neither root nor sudo: the list, exit 2. With sudo: through sudo, which must not ask here.
good_machine
echo 'echo 1000' | fake id
fake dpkg-query <<<'exit 1'
run 2
says 'to install them, as root: apt-get install g++ cmake'
not_called apt-get
fake sudo <<<'echo "sudo $*" >>"$calls"'
run 0
called 'sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -q install'

# apt fails: its last words and the list, exit 2.
good_machine
fake dpkg-query <<<'exit 1'
fake apt-get <<<'echo "E: no network"; exit 100'
run 2
says 'E: no network'
says 'to install by hand'

# No apt: needs the tools, installs nothing.
good_machine
rm "$work/bin/apt-get"
run 0 x
rm "$work/bin/cmake"
run 2 x
says 'there is no cmake, and no apt'
says 'libopenblas-pthread-dev'

# Told to install nothing.
good_machine
fake dpkg-query <<<'exit 1'
HEED_NO_INSTALL=1 run 0 x
not_called apt-get

# CMake and the compiler fail: what they said, the log, exit 2 and 1. The next try starts afresh.
good_machine
fake cmake <<'END'
echo "cmake $*" >>"$calls"
mkdir -p build/$2 && touch build/$2/build.ninja
echo "CMake Error: no fmt"
exit 1
END
run 2 x
: >"$calls"
run 2 x
called 'cmake --preset release'
says 'CMake Error: no fmt'
says 'build/release/configure.log'
good_machine
fake ninja <<<'echo "[1/2] x"; echo "FAILED: a.o"; echo "a.cpp:1: error: bad"; exit 1'
run 1 x
says 'a.cpp:1: error: bad'
says 'build/release/build.log'

# A build folder is believed when it was made for this folder, and for the presets as they are now.
# made_for FOLDER: a build that cmake made for another one.
made_for() {
  mkdir -p "$work/tree/build/release/examples"
  printf 'CMAKE_HOME_DIRECTORY:INTERNAL=%s\n' "$1" >"$work/tree/build/release/CMakeCache.txt"
  touch "$work/tree/build/release/"{build.ninja,configure.log,old}
}
good_machine
made_for "$work/tree"
run 0 x
not_called cmake
silent
made_for "$work/elsewhere/../tree"  # the same by another name
run 0 x
not_called cmake
for other in "$work/elsewhere" "$work/gone"; do  # copied, and moved
  made_for "$other"
  : >"$calls"
  run 0 x
  says "build/release was made for $other: it is made anew"
  [ "$(grep -c 'made for' "$work/err")" = 1 ] || fail 'more than one line'
  called 'cmake --preset release'
  [ ! -e "$work/tree/build/release/old" ] || fail 'what was built there is still there'
done
made_for "$work/tree"
touch -d '1 hour ago' "$work/tree/build/release/configure.log"
touch "$work/tree/CMakePresets.json"
run 0 x
called 'cmake --preset release'
rm "$work/tree/CMakePresets.json"

# A checkout that somebody else has built: who, and what to do. Root may write everything, so the
# launcher runs as somebody else where that can be had.
as_other() { "$@"; }
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
  as_other() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
fi
if [ "$(id -u)" != 0 ] || command -v setpriv >/dev/null; then
  chmod 755 "$work" "$work/bin" "$work/tree" "$work/elsewhere"
  for locked in build build/.lock build/release build/release/build.log; do
    good_machine
    made_for "$work/tree"
    touch "$work/tree/build/.lock" "$work/tree/build/release/build.log"
    chmod -R a+rwX "$work/tree/build" "$calls"
    chmod a-w "$work/tree/$locked"
    got=0
    (cd "$work/elsewhere" && PATH=$work/bin:$PATH as_other "$work/tree/heed" x) \
      >"$work/out" 2>"$work/err" </dev/null || got=$?
    [ "$got" = 2 ] || fail "exit $got instead of 2 where $locked cannot be written"
    says "heed: cannot write $work/tree/$locked: it belongs to "
    says 'a clone of your own'
    [ "$(wc -l <"$work/err")" = 2 ] || fail 'more than two lines'
    chmod u+w "$work/tree/$locked"
  done
fi

# Tests: everything but `full`, one label, and an unknown one.
good_machine
run 0 test
called 'ctest --test-dir'
called '-LE ^full$'
run 0 test quick
called '-L ^quick$'
called 'build/release tests_quick'
for jobs in 0 -1 two 1.5; do
  HEED_JOBS=$jobs run 2 test quick
  says "HEED_JOBS is a number of processes, 1 or more, not '$jobs'"
done
HEED_JOBS=3 run 0 test quick
called 'ninja -C'
called '-j 3 tests_quick'
called '-j 3 -L ^quick$'
run 2 test quikc
says "no test has the label 'quikc'"
run 2 sanitize
says 'takes asan or tsan'
run 2 sanitize asan most
says 'takes all or nothing more'
run 0 sanitize asan
called 'build/asan tests_sanitize'
called '-L ^sanitize$'
: >"$calls"
run 0 sanitize tsan all
called 'build/tsan all'
called '-LE ^full$'
run 0 fuzz
called 'ninja -C'
called 'build/fuzz tests_fuzz'
called '-L ^fuzz$'

# The full test: a part that fails is told and the others run.
good_machine
run 0 test full
says 'fuzzing: ok'
for part in release=everything clang=clang asan='address and undefined-behaviour sanitizers' \
  tsan='thread sanitizer' fuzz=fuzzing; do
  good_machine
  fake ctest <<<"echo \"ctest \$*\" >>\"\$calls\"; case \$* in *build/${part%%=*}*) exit 8;; esac"
  run 1 test full
  says "== ${part#*=}: FAILED"
  [ "$(grep -c ': ok after' "$work/err")" = 4 ] || fail "not 4 parts are ok"
  called 'build/fuzz tests_fuzz'
done

# Coverage: tests the three folders and what is compared with other packages; a folder below the
# limit or a failing test is exit 1, but all folders are shown.
good_machine
fake find <<<'echo "find $*" >>"$calls"'
fake gcovr <<'END'
echo "gcovr $*" >>"$calls"
case $* in
  *${low:-nowhere}*--print-summary*) echo 'lines: 80.0%' && exit 2 ;;
  *--print-summary*) printf 'lines: 97.0%%\nbranches: 5%%\n' ;;
esac
END
run 0 coverage
called 'cmake --preset coverage'
called 'golden_test'
called 'build/coverage/tests/nn'
called '--fail-under-line 95'
[ "$(grep -c 'lines: 97.0%' "$work/out")" = 3 ] || fail 'coverage does not show every folder'
! grep -q branches "$work/out" || fail 'coverage shows branches'
low=/nn/ run 1 coverage
called '/optim/ --fail-under-line'
fake ctest <<<'exit 8'
run 1 coverage

# The reference: doxygen is installed when it is asked for.
good_machine
fake dpkg-query <<'END'
shift 2
for p in "$@"; do [ $p = doxygen ] || echo "$p=installed"; done
exit 1
END
run 0 docs
called 'apt-get -q install -y --no-install-recommends doxygen'
called 'build/release heed_docs'
says 'build/release/docs/html/index.html'

# Speed: the benchmark library is installed and asked of CMake for it alone. Python compares; where
# there is none heed runs alone.
good_machine
fake dpkg-query <<'END'
shift 2
for p in "$@"; do [ $p = libbenchmark-dev ] || echo "$p=installed"; done
END
run 0 x
not_called apt-get
run 0 bench softmax add
called 'install -y --no-install-recommends libbenchmark-dev'
called 'cmake --preset release -DHEED_BUILD_BENCH=ON'
says 'no python3 here: heed alone'
stdout_is 'alone<--benchmark_filter=softmax|add>'
run 0 bench
stdout_is 'alone<--benchmark_filter=-scale/>'
good_machine
fake python3 <<<'printf "<%s>" "${1##*/}" "${@:2}"; exit 2'
fake cmake <<<'mkdir -p build/$2; echo HEED_BUILD_BENCH:BOOL=ON >build/$2/CMakeCache.txt
touch build/$2/build.ninja; echo "cmake $*" >>"$calls"'
run 2 bench soft
stdout_is '<compare_torch.py><soft>'
: >"$calls"
run 2 bench
not_called cmake
called 'heed_bench_worker heed_bench'
rm "$work/bin/python3"

# Help builds and installs nothing.
good_machine
fake dpkg-query <<<'exit 1'
run 0 --help
not_called apt-get
not_called ninja
grep -q './heed test' "$work/out" || fail 'help does not name ./heed test'

[ "$failures" = 0 ]
