// The trainers behind `heed train NAME`: one line each, one .cpp each.
#pragma once

#include <deque>
#include <ostream>

#include "examples/trainers/trainer.h"

namespace heed::trainers {

Trainer gpt();
Trainer papers();

// Every trainer, in the order of the list.
const std::deque<Trainer>& all();

// `heed train` lists them; `heed train NAME ...` runs one. argv[0] is "train". Returns the exit
// code of the process: 0 ok, 1 failed, 2 wrong usage, 3 bad file, 4 non-finite numbers, 130
// interrupted. Throws ValueError on an unknown name, with the nearest right one.
int train(int argc, char** argv, std::ostream& out);

// Runs one. argv[0] is the name to show in --help; throws what the run throws.
int train_with(const Trainer& trainer, int argc, char** argv, std::ostream& out);

}  // namespace heed::trainers
