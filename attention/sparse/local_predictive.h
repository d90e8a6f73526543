// Predictive local attention (local-p): each query guesses where in the source to look, and reads a
// window around that place under a bell. With it local-m, whose windows march along.
// Luong, Pham, Manning 2015, "Effective approaches to attention-based neural machine translation",
// arXiv 1508.04025, section 3.2, equations 9 and 10.
//
//   p_t = S sigmoid(v^T tanh(W_p h_t))                   (local-m: p_t = t)
//   a_tj = softmax_{|j - p_t| <= D}(h_t . W_a m_j) exp(-(j - p_t)^2 / (2 sigma^2)),  sigma = D / 2
//   c_t = sum_j a_tj m_j                                 (local-m: without the bell)
//
// Shapes   h (B, T, Cq), memory (B, S, Ck) -> c (B, T, Ck); A hidden units in the guess.
// Cost     T Cq A for the guesses, S Ck Cq for W_a, T S (Cq + Ck) multiply-adds: all pairs are
//          scored and those outside the window hidden. As equations, not as savings.
// Differs  the bell falls on the weights after the softmax, so they sum to less than 1 and c may
//          lie outside the values; it is also the only way for a gradient to reach p_t. The window
//          follows the content and its edge jumps.
// Limit    an endless sigma and a window that covers everything is global attention
//          (local_predictive_without_bell_is_global).
//
// Positions count from 0. S is the number of keys that the query may see, which therefore have to
// come first: padding goes to the end. In the catalog: `local-p`.
#pragma once

#include <limits>

#include "attention/core.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

// local-m: softmax over |j - t| <= window, both counted from the start. scores (..., T, S).
Tensor local_monotonic(const Tensor& scores, Index window, const Mask& visible = {});
// local-p: softmax over |j - centre_t| <= window, then the bell. centres (..., T, 1).
Tensor local_around(const Tensor& scores, const Tensor& centres, Index window, double sigma,
                    const Mask& visible = {});

struct LocalPredictiveOptions {
  Index query_width = 0;
  Index memory_width = 0;
  Index window = 1;  // D
  double sigma = 0;  // 0: D / 2; infinite: no bell
  Index hidden = 0;  // A; 0: the queries' width
};

class LocalPredictive : public Mixer {
 public:
  // Throws ValueError unless the window is at least 1 and sigma is not negative.
  LocalPredictive(const LocalPredictiveOptions& options, Generator& rng);

  // p_t: h (B, T, Cq) and the number of keys each query sees, which broadcasts against
  // (B, 1, T, 1), -> (B, 1, T, 1).
  Tensor centres(const Tensor& h, const Tensor& lengths) const;
  // h (B, T, Cq), memory (B, S, Ck) -> y (B, T, Ck), weights (B, 1, T, S). `visible` broadcasts
  // against the weights.
  Attended attend(const Tensor& h, const Tensor& memory, const Mask& visible = {}) const;

  Mixed mix(const MixerInput& input) const override;

 private:
  LocalPredictiveOptions options_;
  nn::Linear& key_;       // W_a
  nn::Linear& position_;  // W_p
  Tensor score_;          // v (A)
};

}  // namespace heed::inline HEED_REAL::attention
