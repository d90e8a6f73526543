#include "tests/structure/half_body.h"

HalfResult run_f64() { return heed::run_half(); }
