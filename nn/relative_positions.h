// How far apart a query and a key stand, as something added to their score: ALiBi, T5's learned
// buckets, and Shaw's vectors.
//
// All take the number of queries and of keys. The two sequences end together, as in
// attention/masks.h: query i stands at position i + keys - queries, which is what decoding with a
// cache needs. The distance of key j from it is j - (i + keys - queries), negative in the past.
// ShapeError when a length is negative.
#pragma once

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

// One slope a head: the geometric series 2^(-8/H), 2^(-16/H), ..., 2^-8 when H is a power of two.
// Otherwise that of the next smaller power P, then every other one of the series for 2P, as in the
// authors' code. (H). Throws ValueError unless heads >= 1.
Tensor alibi_slopes(Index heads);
// -slope |distance|, to be added to the scaled scores. Press, Smith, Lewis 2021, "ALiBi", arXiv
// 2108.12409, section 3. (H, queries, keys). Throws ValueError unless heads >= 1.
Tensor alibi_bias(Index heads, Index queries, Index keys);

// distance + reach, cut to [0, 2 reach]: where in a table of 2 reach + 1 rows what belongs to the
// distance lies. (queries, keys). Throws ValueError unless reach >= 0.
Indices clipped_distances(Index queries, Index keys, Index reach);

struct BucketOptions {
  Index buckets = 32;
  Index max_distance = 128;   // from here on all is one bucket
  bool bidirectional = true;  // half of the buckets for what lies ahead; else that is bucket 0
};
// The bucket of each distance: one each for the nearer half, then ever wider ones, on a logarithmic
// scale. Raffel et al. 2020, "T5", arXiv 1910.10683, section 2.1, and the authors' code. (queries,
// keys). Throws ValueError unless there are at least 2 buckets a direction, an even number in all
// when bidirectional, and max_distance exceeds the number of single ones.
Indices distance_buckets(Index queries, Index keys, const BucketOptions& options = {});

// A learned number for every bucket and head, to be added to the scores. T5 does not scale its
// scores; that is up to who adds. Parameters: weight (buckets, heads) from N(0, 1).
class BucketedBias : public Module {
 public:
  using Options = BucketOptions;

  // Throws ValueError as distance_buckets, and unless heads >= 1.
  BucketedBias(Index heads, Generator& rng, const BucketOptions& options = {});

  // (heads, queries, keys).
  Tensor operator()(Index queries, Index keys) const;

 private:
  BucketOptions options_;
  Tensor weight_;
};

// A learned vector a_distance for every distance up to `reach`; what lies further away has the
// vector of the reach. Shaw, Uszkoreit, Vaswani 2018, arXiv 1803.02155, equations 3 to 5. One for
// keys and another one for values: parameters weight (2 reach + 1, size), Xavier uniform.
class RelativeVectors : public Module {
 public:
  // Throws ValueError unless reach >= 0 and size >= 1.
  RelativeVectors(Index reach, Index size, Generator& rng);

  // q_i . a_ij, to be added to q_i . k_j before scaling. q (..., queries, size) -> (..., queries,
  // keys). Throws ShapeError.
  Tensor scores(const Tensor& q, Index keys) const;
  // sum_j weights_ij a_ij, to be added to the sum of the values. weights (..., queries, keys) ->
  // (..., queries, size). Throws ShapeError.
  Tensor combine(const Tensor& weights) const;

 private:
  Index reach_;
  Tensor weight_;
};

}  // namespace heed::inline HEED_REAL::nn
