// The trainers behind `heed train NAME`: real data instead of generated tasks. One line a trainer.
#pragma once

#include <ostream>
#include <span>
#include <string_view>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

struct Trainer {
  std::string_view name;
  std::string_view what;
  // As main(): argv[0] is the name for --help. Returns the exit code of the process.
  int (*run)(int argc, char** argv);
};
std::span<const Trainer> trainers();

// `heed train` lists them; `heed train NAME ...` runs one. argv[0] is "train". Throws ValueError on
// an unknown name, with the nearest right one.
int train(int argc, char** argv, std::ostream& out);

}  // namespace heed::inline HEED_REAL
