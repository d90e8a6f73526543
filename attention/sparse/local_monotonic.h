// Luong's attention over all of a source, and over a window that marches along with the queries
// (local-m).
// Luong, Pham, Manning 2015, "Effective approaches to attention-based neural machine translation",
// arXiv 1508.04025, sections 3.1 (global) and 3.2 (local-m: p_t = t), with their score `general`.
//
//   global    a_tj = softmax_j(h_t . W_a m_j),             c_t = sum_j a_tj m_j
//   local-m   the same over |j - t| <= D, both counted from the start
//
// Shapes   h (B, T, Cq), memory (B, S, Ck) -> c (B, T, Ck).
// Cost     S Ck Cq for W_a; T S (Cq + Ck) multiply-adds, or for local-m over one sequence those of
//          the window only, T (2D + 1) - D (D + 1) instead of T S: both go through the fused
//          kernel.
// Differs  from multi-head attention: one head, scores as they are, and the memory itself is mixed,
//          without projections of values and result. local-m fits where both sequences run in step;
//          where they do not, local-p guesses the place (local_predictive.h).
// Limit    a window that covers everything is global attention
//          (local_monotonic_is_global_when_window_covers).
//
// As mixers they take the sequence itself as memory; `global` takes a context, too.
#pragma once

#include "attention/core.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct LocalMonotonicOptions {
  Index query_width = 0;
  Index memory_width = 0;
  Index window = -1;  // D; -1: all of the memory
};

class LocalMonotonic : public Mixer {
 public:
  // Throws ValueError on a window below -1.
  LocalMonotonic(const LocalMonotonicOptions& options, Generator& rng);

  // h (B, T, Cq), memory (B, S, Ck) -> y (B, T, Ck), weights (B, 1, T, S). `visible` broadcasts
  // against the weights.
  Attended attend(const Tensor& h, const Tensor& memory, const Mask& visible = {}) const;

  Mixed mix(const MixerInput& input) const override;

 private:
  const char* name() const;
  LocalMonotonicOptions options_;
  nn::Linear& key_;  // W_a
};

}  // namespace heed::inline HEED_REAL::attention
