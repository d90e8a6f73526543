// Where a token stands, as a rotation of its queries and keys: their product then depends on how
// far apart they stand and on nothing else. Su et al. 2021, "RoFormer", arXiv 2104.09864, equations
// 15 and 34.
#pragma once

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

struct RotaryOptions {
  // Which two features turn together: i and i + size / 2, as in GPT-NeoX and Llama, or 2i and
  // 2i + 1, as in the paper and GPT-J. Weights trained with one do not fit the other.
  enum class Pairs { halves, neighbours };
  Pairs pairs = Pairs::halves;
  double base = 10000;
  // So many features at the front of each head turn, the rest stays (GPT-J, GPT-NeoX); 0: all.
  Index rotated = 0;
};

// The first features of x turned by angles that are given as their cosines and sines, pair by pair:
// x (..., T, size), cosines and sines (..., T, r / 2) that stretch to it, r <= size -> the shape of
// x. Throws ShapeError.
Tensor rotate(const Tensor& x, const Tensor& cosines, const Tensor& sines,
              RotaryOptions::Pairs pairs = RotaryOptions::Pairs::halves);

// Cosines and sines of the angles t base^(-2i / size), i < size / 2, of the positions t from
// `start` on: (length, size / 2) each. Throws ValueError unless the size is even.
struct Turns {
  Tensor cosines, sines;
};
Turns turns_at(Index start, Index length, Index size, double base = 10000);

// Pair i of the features of a token at position t is turned by the angle t base^(-2i / size). No
// parameters.
class Rotary : public Module {
 public:
  using Options = RotaryOptions;

  // For positions 0 to most - 1. Throws ValueError unless most >= 1, what turns is even and >= 2
  // and not more than size, and base > 0.
  Rotary(Index most, Index size, const RotaryOptions& options = {});

  // x (..., T, size), queries or keys of heads side by side in front of T, the first of which
  // stands at `start` (after a cache of so many) -> the same shape. Throws ShapeError, also when
  // start + T > most.
  Tensor operator()(const Tensor& x, Index start = 0) const;
  // Each token at a position of its own: positions that stretch to (..., T), the axes of x but the
  // last. Of a batch of padded rows with heads (B, H, T, size) they are (B, 1, T).
  Tensor operator()(const Tensor& x, const Indices& positions) const;

 private:
  void check_size(const Tensor& x) const;

  RotaryOptions::Pairs pairs_;
  Index size_;
  Tensor cosines_;  // (most, rotated / 2)
  Tensor sines_;    // (most, rotated / 2)
};

}  // namespace heed::inline HEED_REAL::nn
