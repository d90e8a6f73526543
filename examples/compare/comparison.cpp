#include "examples/compare/comparison.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace heed::compare {
namespace {

// Of each task the best of what can be had without choosing where to look: computed or trained.
std::map<const study::Task*, double> floors_of(const Comparison& comparison) {
  std::map<const study::Task*, double> floors;
  for (const Entry& entry : comparison.entries) floors[entry.task] = entry.task->floor;
  for (const Done& done : comparison.done) {
    if (!done.without || !std::isfinite(done.run.score)) continue;
    const study::Task* const task = comparison.entries[done.entry].task;
    floors[task] = task->best_of(floors[task], done.run.score);
  }
  return floors;
}

void add_trained_without(Comparison& comparison) {
  const auto is_of = [&](const Done& without, const Done& done) {
    return without.without && without.run.seed == done.run.seed &&
           same_without(comparison.entries[without.entry], comparison.entries[done.entry]);
  };
  for (Done& done : comparison.done) {
    if (done.without || !comparison.entries[done.entry].judged) continue;
    const auto found = std::ranges::find_if(
        comparison.done, [&](const Done& one) { return is_of(one, done); });
    if (found == comparison.done.end()) continue;
    done.run.trained_without = found->run.score;
    done.run.details_trained_without = found->run.details;
  }
}

}  // namespace

std::vector<const Done*> Comparison::runs_of(std::size_t entry, bool without) const {
  std::vector<const Done*> found;
  for (const Done& one : done) {
    if (one.entry == entry && one.without == without) found.push_back(&one);
  }
  std::ranges::sort(found, {}, [](const Done* one) { return one->run.seed; });
  return found;
}

void conclude(Comparison& comparison) {
  const std::map<const study::Task*, double> floors = floors_of(comparison);
  add_trained_without(comparison);
  for (Done& done : comparison.done) {
    const Entry& entry = comparison.entries[done.entry];
    study::Run& run = done.run;
    run.floor = floors.at(entry.task);
    run.chance = entry.task->chance;
    run.metric = entry.task->metric;
    run.higher_is_better = entry.task->better == study::Better::higher;
    run.why = entry.listed.why;
    run.ms_per_step = run.busy = study::absent;  // beside other runs they are not worth much
    if (done.entry < comparison.ms_per_step.size() && comparison.ms_per_step[done.entry] > 0) {
      run.ms_per_step = comparison.ms_per_step[done.entry];
      run.busy = comparison.busy[done.entry];
    }
    if (!comparison.judges(entry)) continue;
    run.expected = study::name_of(entry.listed.expect);
    if (std::isfinite(run.score)) run.threshold = threshold(*entry.task, run);
  }
  for (std::size_t entry = 0; entry < comparison.entries.size(); ++entry) {
    const Verdict verdict = verdict_of(comparison, entry);
    for (Done& done : comparison.done) {
      if (done.entry != entry || done.without) continue;
      done.run.standing = verdict.standing;
      done.run.verdict = verdict.words;
      done.run.misses = verdict.misses;
    }
  }
}

Verdict verdict_of(const Comparison& comparison, std::size_t entry) {
  std::vector<const study::Run*> runs;
  for (const Done* done : comparison.runs_of(entry)) runs.push_back(&done->run);
  const Entry& one = comparison.entries[entry];
  std::optional<study::Expect> expect;
  if (comparison.judges(one)) expect = one.listed.expect;
  return judge(*one.task, expect, runs);
}

}  // namespace heed::compare
