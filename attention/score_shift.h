// Shifts the scores of a forward pass by given tensors, with gradient: what adversarial training of
// attention needs (Kitada, Iyatomi 2020, arXiv 2009.12064), and how a law tries temperatures.
//
//   std::vector<Tensor> r = ...;                    // one an attention, (B, H, T, S)
//   Tensor loss;
//   {
//     const attention::ScoreShift guard(r);
//     loss = nn::mse(model(x), y);                  // every score a_ij is a_ij + r_ij here
//   }
//   loss.backward();                                // into r as well
//
// Without a guard nothing is computed for it.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// While it lives, the mixers of this thread add the tensors to their scores, in the order of the
// forward pass; the innermost guard counts. A shift broadcasts against (B, H, T, S). Mechanisms
// without scores do not ask.
class ScoreShift {
 public:
  [[nodiscard("one without a name is gone at once: ScoreShift shift(shifts);")]]
  explicit ScoreShift(std::vector<Tensor> shifts);
  ~ScoreShift();
  ScoreShift(const ScoreShift&) = delete;
  ScoreShift& operator=(const ScoreShift&) = delete;

  // How many were asked for so far.
  std::size_t used() const { return used_; }

 private:
  friend Tensor shifted(const Tensor& scores);
  std::vector<Tensor> shifts_;
  std::size_t used_ = 0;
  ScoreShift* before_;
};

// For mechanisms: are there scores to be shifted? Then take the readable path, which has them.
bool shifting_scores();
// For mechanisms: scores (B, H, T, S) with the next shift, or as they are without a guard. Throws
// ValueError when the guard has no shift left, ShapeError when it does not fit.
Tensor shifted(const Tensor& scores);

}  // namespace heed::inline HEED_REAL::attention
