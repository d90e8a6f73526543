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
//   "mechanisms"            [{"name", "title", "paper", "file", "what"}]: words for the reader
//   "tasks"                 [{"name", "title", "what"}]
//   "runs"                  one a mechanism, task, variant and seed, see below
//   "maps"                  [{"mechanism", "task", "title", "kind", "rows", "cols", "values"}]
//
// A run has the texts "mechanism", "variant" (tells apart what is otherwise the same: "heads=4"),
// "task", "metric" and "error" (why it has no score); "misses", a list of texts: what the runs of
// all seeds should have reached together and did not; "higher_is_better"; the numbers "seed", "lr",
// "steps", "score", "chance", "floor", "ceiling", "threshold" (the level), "ablated",
// "trained_without", "parameters", "macs_per_step", "peak_bytes", "seconds", "ms_per_step",
// "steps_to_threshold"; "details", further numbers by name; and "loss", [[step, value], ...].
//
// Runs that differ only in their seed are shown together. Throws FormatError when `results` is not
// an object or one of the lists is not a list.
std::string html_report(const nlohmann::json& results);

}  // namespace heed::inline HEED_REAL::report
