// How a program reads its command line: what is not understood gets the nearest option that there
// is.
#pragma once

#include "autograd/real.h"

namespace CLI {
class App;
}

namespace heed::inline HEED_REAL {

// Returns -1 to go on, else the exit code: 0 after --help, 2 after a usage error, 3 when a file
// that is named cannot be read. The error is explained on the standard error output.
int parse(CLI::App& app, int argc, char** argv);

}  // namespace heed::inline HEED_REAL
