// A run as JSON: how a worker hands its outcome to the program that started it.
#pragma once

#include <string>

#include "examples/tasks/task.h"

namespace heed::inline HEED_REAL::compare {

// One line. Every number reads back as the same number.
std::string to_json_line(const tasks::Outcome& outcome);
// Throws FormatError when the text is not what to_json_line writes.
tasks::Outcome from_json_line(const std::string& line);

}  // namespace heed::inline HEED_REAL::compare
