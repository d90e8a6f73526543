// What the rows of attention maps are like: how spread out a row is, how far it looks, how much of
// it lies on certain keys, how far apart two rows are. Functions of maps, of any model whose maps
// are recorded (attention/maps.h).
//
//   attention::MapRecorder recorder;
//   model(x);
//   const Tensor a = recorder.maps()[0].weights;             // (B, H, T, S)
//   const Tensor h = head_means(row_entropy(a));             // (H): how spread out each head is
//   const Tensor sinks = head_means(first_key_mass(a));      // (H): what rests on the first token
//   const Tensor apart = head_distances(a);                  // (H, H): near where two do the same
//
//   entropy = -sum_j a_ij log a_ij      distance = sum_j a_ij |i - j|      mass = sum_{j in K} a_ij
//   JSD(a, b) = entropy((a + b) / 2) - (entropy(a) + entropy(b)) / 2
//
// Shapes   a (B, H, T, S) -> a number a row, (B, H, T); head_means: (B, H, T) -> (H). The heads of
//          several layers lie side by side after concat({a0, a1}, 1).
// Cost     B H T S; head_distances H times that.
// Differs  from looking at a map in that heads are compared by numbers. What a head looks at is not
//          what it is for: hold it against what its removal costs (attention/heads/importance.h).
//          Weights that are negative or do not sum to 1 have no entropy and no JSD.
// Source   Clark, Khandelwal, Levy, Manning 2019, "What does BERT look at?", arXiv 1906.04341,
//          sections 3 and 6 (entropy, distances between heads); weight on the first token: Xiao et
//          al. 2023, arXiv 2309.17453.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// -sum_j a_ij log a_ij in nats, 0 log 0 = 0: from 0, one key, to log S, all alike.
Tensor row_entropy(const Tensor& weights);
// sum_j a_ij |i - j|. Where T and S differ the last query stands beside the last key, as in
// masks.h.
Tensor row_distance(const Tensor& weights);
// The weight on these keys, a mask that stretches to (B, H, T, S): separators, punctuation.
Tensor row_mass(const Tensor& weights, const Mask& keys);
// The weight on key 0, where attention that has nothing to say comes to rest.
Tensor first_key_mass(const Tensor& weights);
// The mean over the rows of all samples, (B, H, T) -> (H); over some of them where `counted`, which
// stretches to (B, H, T), says which: (B, 1, T) leaves padding out. NaN where none counts.
Tensor head_means(const Tensor& rows, const Mask& counted = {});

// The Jensen-Shannon divergence between the rows of two maps (..., S) -> (...): 0 to ln 2 = .69.
Tensor jensen_shannon(const Tensor& a, const Tensor& b);
// Their total variation distance, sum |a - b| / 2: (..., S) -> (...), 0 to 1.
Tensor total_variation(const Tensor& a, const Tensor& b);
// The mean of that over the rows of all samples, for each two heads: (B, H, T, S) -> (H, H).
Tensor head_distances(const Tensor& weights);

}  // namespace heed::inline HEED_REAL::attention
