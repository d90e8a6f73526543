// Choices with a gradient that costs no extra draws: Gumbel-softmax and straight-through.
// Jang, Gu, Poole 2016, "Categorical reparameterization with Gumbel-softmax", arXiv 1611.01144;
// Maddison, Mnih, Teh 2016, arXiv 1611.00712; Bengio, Leonard, Courville 2013, arXiv 1308.3432
// (straight-through).
//
//   g_j = -log(-log u_j):  argmax_j (s_j + g_j) ~ softmax(s)
//   relaxed            a = softmax((s + g) / tau)
//   straight-through   forward one_hot(argmax a), backward d a
//
// Shapes   scores (..., T, S) -> weights of the same shape.
// Cost     a random number for each score; otherwise that of a softmax.
// Differs  from REINFORCE (hard/choice.h) in that the gradient flows through the value read, with
//          little variance and with a bias. For rewards that are linear in the weights
//          straight-through has none. For others it stays however many draws are taken: 70 % of the
//          gradient's norm for a squared error over five keys, in the mean over random problems
//          (straight_through_is_biased). That of the relaxation shrinks with tau while its variance
//          grows: 71 % and 0.15 at tau 2, 8 % and 16 at tau 0.2
//          (colder_relaxation_has_less_bias_and_more_variance).
// Limit    tau -> 0 is a draw from softmax(s) (gumbel_when_cold_draws_from_the_softmax), tau -> inf
//          the mean.
//
// In the catalog: `gumbel`, relaxed, and `straight-through`.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

// scores + g, an independent g for each, whether anybody sees it or not.
Tensor with_gumbel_noise(const Tensor& scores, Generator& rng);
// A relaxed draw: softmax((scores + g) / tau) over the visible keys. Throws ValueError unless tau
// is positive.
Tensor gumbel_softmax(const Tensor& scores, const Mask& visible, double tau, Generator& rng);
// The values of `hard`, to the last bit, with the gradient of `soft`. No gradient flows into
// `hard`.
Tensor straight_through(const Tensor& soft, const Tensor& hard);

struct GumbelOptions {
  Index width = 0;
  Index heads = 1;
  bool causal = false;
  double tau = 1;
  bool straight_through = true;  // otherwise the relaxed weights are what is used
};

// Hard attention as in hard/hard.h that learns where to look by backpropagation. In training every
// call draws anew from the layer's stream; in evaluation the best key is taken.
class Gumbel : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and tau is positive.
  Gumbel(const GumbelOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  GumbelOptions options_;
  Pattern pattern_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
