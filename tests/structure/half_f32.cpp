#include "tests/structure/half_body.h"

HalfResult run_f32() { return heed::run_half(); }
