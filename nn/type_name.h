// The class of a module, for people.
#pragma once

#include <string>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::nn {

class Module;

// "Linear" for an nn::Linear: without namespaces.
std::string type_name(const Module& module);

}  // namespace heed::inline HEED_REAL::nn
