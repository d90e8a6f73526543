// Performer (FAVOR+): softmax attention by random features. The product of the features of a query
// and a key is e^(q . k / sqrt(D)) on average over the draw, so sums over keys, taken once, serve
// every query, as in linear attention.
// Choromanski et al. 2020, "Rethinking attention with Performers", arXiv 2009.14794, sections 2.3
// and 2.4.
//
//   phi(u) = m^(-1/2) e^(W u - |u|^2 / 2),   u = x / D^(1/4),   W (m, D)
//   y_i = phi(q_i) sum_j phi(k_j) v_j^T / phi(q_i) . sum_j phi(k_j),  then W_o;  causal: j <= i
//
// Rows of W are normal vectors; in blocks of D they are made orthogonal, each with the length that
// a normal vector has, which keeps the average and lowers the variance.
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); H heads of size D = C / H, one W for all.
// Cost     2 T C m multiply-adds for the sums and as many for the features; causal as linear
//          attention with m features. A state of m (D + 1) numbers a head.
// Differs  by its error. Of one pair it has, for rows drawn independently, the variance
//          e^(2 q.k) (e^(|q+k|^2) - 1) / m: with m it falls slowly, with the length of queries and
//          keys it explodes. What softmax singles out by large scores the features cannot tell.
//          Below some m tokens it costs more than softmax attention, which it estimates.
// Limit    as m grows it becomes softmax attention, its error falling with 1 / sqrt(m)
//          (error_of_features_falls_with_the_root_of_their_number).
//
// Stabilised without looking at other tokens, as a maximum over keys would. Off the exponents of a
// query its own maximum is taken, and |u|^2 / 2 left out: both cancel. Of a key nothing is taken
// off: W u - |u|^2 / 2 = |W|^2 / 2 - |W - u|^2 / 2 by rows, so that in heads of up to some eighty
// numbers no feature of it comes near the largest float, whatever the key. In larger heads a key
// that lies along a row of W could; there the exponent ends at 60.
//
// Options  features: m; 0: 4 D. orthogonal: 0 draws all rows independently. redraw: 1 draws W anew
//          in every training step but beside a state, 0 keeps the one drawn at the start, a buffer
//          of the model.
//          chunk: as in linear attention.
#pragma once

#include "attention/efficient/by_features.h"

namespace heed::inline HEED_REAL::attention {

// W (count, size): rows of normal vectors, independent of each other.
Tensor normal_rows(Index count, Index size, Generator& rng);
// The same with each `size` rows orthogonal to each other. Each row by itself is a normal vector.
Tensor orthogonal_rows(Index count, Index size, Generator& rng);

// m^(-1/2) e^(W x - |x|^2 / 2 - shift): x (..., T, D), w (m, D), and a shift that stretches to
// (..., T, m) -> (..., T, m). Without a shift phi(x) . phi(y) is e^(x . y) on average.
Tensor positive_features(const Tensor& x, const Tensor& w, const Tensor& shift);

// The features of queries and of keys, stabilised: x (..., T, D), w (m, D) -> (..., T, m). Those of
// a query are divided by the largest of them; those of a key end at m^(-1/2) e^60.
Tensor query_features(const Tensor& x, const Tensor& w);
Tensor key_features(const Tensor& x, const Tensor& w);

struct PerformerOptions {
  Index width = 0;
  Index heads = 1;
  Index features = 0;  // m; 0: 4 D
  bool orthogonal = true;
  bool redraw = false;
  bool causal = false;
  Index chunk = 32;  // see FeatureForm
};

class Performer : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width, there are features, and the chunk is 0 or
  // more.
  Performer(const PerformerOptions& options, Generator& rng);
  // Takes a state when it is causal: see mix_by_features().
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return form_.causal; }

 private:
  Tensor drawn(Generator& rng) const;  // W

  PerformerOptions options_;
  FeatureForm form_;
  Projections& project_;
  Tensor rows_;  // W, as drawn at the start
};

}  // namespace heed::inline HEED_REAL::attention
