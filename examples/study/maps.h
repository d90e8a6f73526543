// What a MapRecorder saw, ready to draw.
#pragma once

#include <string>
#include <vector>

#include "attention/maps.h"
#include "examples/study/run.h"

namespace heed::study {

// The maps of the last forward pass made under `recorder`, of its first sample, with these names
// for rows and columns.
std::vector<DrawnMap> drawn_maps(const attention::MapRecorder& recorder,
                                 const std::vector<std::string>& rows,
                                 const std::vector<std::string>& columns);

// The maps of a decoder that looked once a step, (B, H, 1, S) each, as one with a row a step.
std::vector<DrawnMap> drawn_steps(const attention::MapRecorder& recorder,
                                  const std::vector<std::string>& rows,
                                  const std::vector<std::string>& columns);

// One map of weights (B, 1, 1, S) with a row for each of the first samples of the batch.
DrawnMap drawn_rows(const std::string& title, const attention::Map& map,
                    const std::vector<std::string>& rows, const std::vector<std::string>& columns);

}  // namespace heed::study
