// What a figure was measured on.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "autograd/real.h"

namespace heed::compare {

std::string version();  // "0.1.0"

// Processor, cores, compiler, number type, instruction set: name and value.
std::vector<std::pair<std::string, std::string>> machine_facts();

}  // namespace heed::compare
