// Trials, runs and maps as JSON: from the program to its workers and back, and in results.json.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "examples/study/run.h"

namespace heed::study {

// One line. Every number reads back as the same number.
std::string to_json_line(const Trial& trial);
// Throws ValueError on a line that is not a trial with all its fields.
Trial trial_of(const std::string& line);

// An absent number is null.
nlohmann::json to_json(const Run& run);
nlohmann::json to_json(const DrawnMap& map);
// Whatever is there: a field that is missing, null or of another type keeps its default, and text
// is taken from anything. Throws FormatError when a list is none.
Run run_of(const nlohmann::json& object);
DrawnMap map_of(const nlohmann::json& object);

// What a worker found: the run and its maps, in one line.
struct Found {
  Run run;
  std::vector<DrawnMap> maps;
};
std::string to_json_line(const Found& found);
// Throws FormatError on a line without all fields of a run.
Found found_of(const std::string& line);

// A text as it is, a list of texts or numbers joined by commas, anything else as JSON writes it,
// null as nothing.
std::string words(const nlohmann::json& value);

}  // namespace heed::study
