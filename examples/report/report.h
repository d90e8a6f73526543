// The report of a comparison: everything in results.json on one HTML page that needs no network, no
// script and no other file.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "autograd/real.h"

namespace heed::report {

// Reads (a field that is not named here is ignored; any field may be null or absent):
//
//   "heed"                  the version
//   "machine", "protocol"   objects; shown as they are, name by name
//   "mechanisms"            [{"name", "title", "paper", "file", "what"}]: words for the reader
//   "tasks"                 [{"name", "title", "what", "training", "ablation", "shown"}]; the last:
//                           the details of a run that have a column each
//   "runs"                  one a mechanism, label, task and seed: the fields of study::Run
//   "maps"                  the fields of study::DrawnMap
//   "reductions"            [{"from", "to", "when", "reason", "proof"}]: what becomes what
//   "score_gradients"       [{"size", "plain", "scaled"}]: of softmax, for heads of a size
//   "choice_gradients"      [{"name", "bias", "error", "noise"}]: of a choice, by each estimator
//
// What the runs show was judged by the program: "standing", "verdict" and "misses" of a run speak
// of all seeds together.
//
// Runs that differ only in their seed are shown together. Throws FormatError when `results` is not
// an object or one of the lists is not a list.
std::string html_report(const nlohmann::json& results);

}  // namespace heed::report
