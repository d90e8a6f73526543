// No case may leave a node of a graph or a byte of a tensor behind.
#pragma once

#include <string>

namespace heed_test {

// What is alive beyond what was when the running case began, "" when nothing. Asked after every
// case of every program that links the engine, and a failure of that case when it is not "".
std::string left_over();

}  // namespace heed_test
