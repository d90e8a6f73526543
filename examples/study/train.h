// The one training loop, for every task.
#pragma once

#include "examples/study/log.h"
#include "examples/study/run_json.h"
#include "examples/study/task.h"

namespace heed::study {

// Builds the study of the trial, trains it, tests it, and tests it again with the mechanism taken
// out. Samples come from streams of the seed by name: "train", "validation", "test"; the weights
// from "start".
Found train(const Task& task, const Trial& trial, const Progress& progress = {});

// Builds the study of the trial and no more: what is wrong with its settings is thrown.
void try_out(const Task& task, const Trial& trial);

}  // namespace heed::study
