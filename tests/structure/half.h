// One half of a program that uses the float and the double library at once. The tests see results
// as plain numbers: what the half computed, how large a Real of its is, and whether it can catch an
// error of its own library.
#pragma once

struct HalfResult {
  int real_bytes = 0;
  double third = 0;      // 1 / 3, rounded to Real
  double gradient = 0;   // d/dx x^3 at x = 1 / 3
  double drawn = 0;      // the mean of 1,000 normal draws
  bool caught = false;   // its ShapeError
};

HalfResult run_f32();
HalfResult run_f64();
