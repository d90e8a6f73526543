// Scores: how well each query fits each key. q (..., Tq, D), k (..., Tk, D) -> (..., Tq, Tk).
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// q . k. Its variance grows with D, which saturates the softmax: Luong, Pham, Manning 2015,
// 1508.04025.
Tensor dot(const Tensor& q, const Tensor& k);
// q . k / sqrt(D), of variance 1 for any D. Vaswani et al. 2017, 1706.03762, section 3.2.1.
Tensor scaled_dot(const Tensor& q, const Tensor& k);
// q . k / (|q| |k|), the cosine of the angle between them: in [-1, 1] whatever their lengths, and 0
// beside a vector of zeros. Graves, Wayne, Danihelka 2014, 1410.5401, equation 6.
Tensor cosine(const Tensor& q, const Tensor& k);
// q^T w k, w (Dq, Dk): queries and keys may be of two widths. Luong, Pham, Manning 2015, equation 8
// ("general").
Tensor bilinear(const Tensor& q, const Tensor& k, const Tensor& w);
// |q - k|^2, as |q|^2 + |k|^2 - 2 q . k, and not below 0.
Tensor squared_distance(const Tensor& q, const Tensor& k);
// v . tanh(q + k), v (D): a network with one hidden layer, after its two projections. Bahdanau,
// Cho, Bengio 2014, 1409.0473, appendix A.1.2. Takes Tq * Tk * D numbers.
Tensor additive(const Tensor& q, const Tensor& k, const Tensor& v);
// q . tanh(k): a learned question q asked of every key. Yang et al. 2016 (HAN), equation 6; Ilse,
// Tomczak, Welling 2018, 1802.04712, equation 8.
Tensor context_score(const Tensor& q, const Tensor& k);
// q . place_j: scores of the first `keys` of L places, places (L, D), whatever lies there: a query
// that decides by position alone. q (..., Tq, D) -> (..., Tq, keys). Luong, Pham, Manning 2015,
// equation 8 ("location"). Throws ShapeError when there are more keys than places.
Tensor location(const Tensor& q, const Tensor& places, Index keys);

}  // namespace heed::inline HEED_REAL::attention
