#!/usr/bin/env bash
# unnamed_guards.sh COMPILER ROOT FOLDER: a guard without a name is gone before the next line. Every
# one of heed's warns when it is written so, and none when it has a name.
set -euo pipefail

compiler=$1
root=$2
folder=$3
guards=(
  'NoGrad();' 'NoGrad off;'
  'SkipInit();' 'SkipInit skip;'
  'AnomalyGuard();' 'AnomalyGuard guard;'
  'Ledger();' 'Ledger ledger;'
  'Calling("f");' 'Calling calling("f");'
  'Watcher([](const Operation&) {});' 'Watcher watcher([](const Operation&) {});'
  'attention::MapRecorder();' 'attention::MapRecorder maps;'
  'attention::ScoreShift(std::vector<Tensor>{});' 'attention::ScoreShift shift({});'
  'attention::HeadGates();' 'attention::HeadGates gates;'
  'attention::HeadGates(std::vector<Tensor>{});' 'attention::HeadGates gates({Tensor()});'
  'attention::MapChange(nullptr);' 'attention::MapChange change(nullptr);'
)
mkdir -p "$folder"

# warnings TEXT...: in how many of these statements, a function each, the compiler warns of it.
warnings() {
  local i=0
  {
    printf '#include "autograd/%s.h"\n' anomaly calling ledger skip_init tensor watch
    printf '#include "attention/%s.h"\n' heads/head_gates heads/map_change maps score_shift
    echo 'using namespace heed;'
    for statement in "$@"; do echo "void f$((i++))() { $statement }"; done
  } >"$folder/guards.cpp"
  "$compiler" -std=c++20 -I "$root" -fsyntax-only "$folder/guards.cpp" 2>"$folder/said" || {
    cat "$folder/said"
    exit 1
  }
  grep -c 'without a name is gone at once' "$folder/said" || true
}

unnamed=() named=()
for ((i = 0; i < ${#guards[@]}; i += 2)); do
  unnamed+=("${guards[i]}")
  named+=("${guards[i + 1]}")
done
of_unnamed=$(warnings "${unnamed[@]}")
if [ "$of_unnamed" -lt ${#unnamed[@]} ]; then
  echo "$of_unnamed of ${#unnamed[@]} guards without a name warn"
  exit 1
fi
of_named=$(warnings "${named[@]}")
if [ "$of_named" -gt 0 ]; then
  echo "$of_named guards warn although they have a name"
  exit 1
fi
