// What a comparison has found so far, and the conclusions that take several runs.
#pragma once

#include <string>
#include <vector>

#include "examples/compare/plan.h"
#include "examples/compare/verdict.h"

namespace heed::compare {

// A run that is over, well or not.
struct Done {
  std::size_t entry = 0;
  bool without = false;
  int exit_code = 0;  // of its process
  study::Run run = {};  // without a score but with an error when it failed
  std::vector<study::DrawnMap> maps = {};
};

struct Comparison {
  std::vector<Entry> entries;
  std::vector<Done> done;
  // An entry: processor time a step measured alone, and Run::busy of these steps; 0: not measured.
  std::vector<double> ms_per_step = {}, busy = {};
  std::string not_judged = {};  // why: levels belong to other settings, or it was interrupted
  bool interrupted = false;

  // Is the entry held to what the record expects? Whatever speaks of levels asks here.
  bool judges(const Entry& entry) const { return entry.judged && not_judged.empty(); }
  void interrupt() {
    interrupted = true;
    not_judged = "it was interrupted";
  }
  // The runs of an entry, by seed; or those without its mechanism.
  std::vector<const Done*> runs_of(std::size_t entry, bool without = false) const;
};

// Writes into every run what takes the others: what is trained without, the floor (the best of what
// was computed and of what was trained without the mechanism), the threshold, the time, what is
// expected and the verdict.
void conclude(Comparison& comparison);

// The verdict of conclude() on an entry; "" and nothing missed when it did not run.
Verdict verdict_of(const Comparison& comparison, std::size_t entry);

}  // namespace heed::compare
