// A gate a head, between what the head says and the output projection: 1 leaves it, 0 takes it
// out. What a head is worth, by its derivative or by its removal (attention/heads/importance.h).
// Michel, Levy, Neubig 2019, "Are sixteen heads really better than one?", arXiv 1905.10650,
// section 2.3.
//
//   {
//     const attention::HeadGates gates({Tensor({2}, {1, 0})});   // one attention of two heads
//     model(x);                                                  // without its second head
//   }
//   const attention::HeadGates gates;                            // gates of 1, with gradient
//   const std::vector<Tensor> slopes = grad({loss(x)}, gates.gates());   // (B, H) each
//
//   y_h <- g_h y_h                          towards zero
//   y_h <- g_h y_h + (1 - g_h) mean y_h     towards the mean over all queries of all samples
//
// Shapes   y (B, H, T, D); a gate (H) or (B, H), for each sample its own.
// Cost     the readable path, which has the matrix of weights; B H T D more.
// Differs  from leaving a head out of the model in that nothing is trained again, and what comes
//          later meets what it never met in training: the mean is the milder way. It sees all
//          positions, also those that a causal mask hides: for looking, not for writing.
// Limit    gates of 1 change no bit (open_gates_change_nothing).
//
// Without a guard nothing is computed for it.
#pragma once

#include <cstddef>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// What a closed gate leaves in the place of a head.
enum class Removed { zero, mean };

// While it lives, the mixers of this thread pass what their heads found through its gates, in the
// order of the forward pass; the innermost guard counts. Mechanisms whose heads do not come as
// weights (B, H, T, S) and values do not ask.
class HeadGates {
 public:
  // Gates of 1 that want a gradient, (B, H), made for every attention that asks.
  [[nodiscard("one without a name is gone at once: HeadGates gates;")]]
  explicit HeadGates(Removed removed = Removed::zero);
  // One an attention.
  [[nodiscard("one without a name is gone at once: HeadGates gates(values);")]]
  explicit HeadGates(std::vector<Tensor> gates, Removed removed = Removed::zero);
  ~HeadGates();
  HeadGates(const HeadGates&) = delete;
  HeadGates& operator=(const HeadGates&) = delete;

  // Those that were given, or those that were made so far.
  const std::vector<Tensor>& gates() const { return gates_; }
  // How many were asked for so far.
  std::size_t used() const { return used_; }

 private:
  friend Tensor gated(const Tensor& y);
  const Tensor& next(const Shape& shape);
  std::vector<Tensor> gates_;
  bool made_;
  Removed removed_;
  std::size_t used_ = 0;
  HeadGates* before_;
};

// For mechanisms: does anybody gate heads? Then take the readable path, which has them apart.
bool gating_heads();
// What heads found, (B, H, T, D), behind the next gates, or as it is without a guard and where
// there are no four axes. Throws ValueError when the guard has none left, ShapeError when they do
// not fit.
Tensor gated(const Tensor& y);

}  // namespace heed::inline HEED_REAL::attention
