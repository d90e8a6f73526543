// What this program was built with, for the head of a table.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::bench {

// Compiler, instruction set, OpenBLAS and the kernels it chose: name and value.
std::vector<std::pair<std::string, std::string>> facts();

}  // namespace heed::inline HEED_REAL::bench
