// The report of a comparison: everything in results.json on one HTML page that needs no network, no
// script and no other file.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::report {

// Reads (a field that is not named here is ignored; any field may be null or absent):
//
//   "heed"                  the version
//   "machine", "protocol"   objects; shown as they are, name by name
//   "mechanisms"            [{"name", "title", "paper", "what"}]: words for the reader
//   "tasks"                 [{"name", "title", "what"}]
//   "runs"                  one a mechanism, task and seed: [{"mechanism", "variant", "task",
//   "seed",
//                           "lr", "steps", "metric", "higher_is_better", "score", "chance",
//                           "floor", "ceiling", "threshold", "ablated", "trained_without",
//                           "parameters", "macs_per_step", "peak_bytes", "seconds", "ms_per_step",
//                           "steps_to_threshold", "details": {name: number}, "loss": [[step,
//                           value], ...], "error"}] "variant" tells apart what is otherwise the
//                           same ("4 heads"); "threshold" is the level to reach; "error" is why a
//                           run has no score
//   "maps"                  [{"mechanism", "task", "title", "kind", "rows", "cols", "values"}]
//
// Runs that differ only in their seed are shown together. Throws FormatError when `results` is not
// an object or one of the lists is not a list.
std::string html_report(const nlohmann::json& results);

}  // namespace heed::inline HEED_REAL::report
