// Numbers as a reader wants them. A NaN, which stands for "not there", is an en dash.
#pragma once

#include <string>

#include "autograd/real.h"

namespace heed::report {

std::string fixed(double value, int digits);  // 0.998
std::string significant(double value);        // three digits: 12.3, 0.00123
std::string counted(double value);            // 950, 12.3 k, 4.56 M
std::string bytes(double value);              // 512 B, 1.50 MiB
// The fewest digits that give the same float back.
std::string exact(double value);

}  // namespace heed::report
