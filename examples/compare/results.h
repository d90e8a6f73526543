// results.json and results.csv. The JSON is the only source of the CSV, of the report and of the
// tables in the documents.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "examples/compare/comparison.h"

namespace heed::compare {

// After conclude().
nlohmann::json results_json(const Comparison& comparison, const Options& options);

// The entries that were timed while other programs took the processor.
std::vector<std::string> busy_entries(const Comparison& comparison);

// A row a run. Text that a spreadsheet would take for a formula is defused, see csv_cell().
std::string results_csv(const nlohmann::json& results);
// One cell of text: quoted where needed, with a ' in front when it starts with = + - @, tab or
// return.
std::string csv_cell(const std::string& text);

}  // namespace heed::compare
