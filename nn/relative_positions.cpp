#include "nn/relative_positions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "autograd/ops.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// f(distance) for every query and key of lengths (queries, keys).
template <class Value, class Function>
std::vector<Value> by_distance(const Shape& lengths, Function f) {
  const Index queries = lengths[0], keys = lengths[1];
  std::vector<Value> values;
  values.reserve(static_cast<std::size_t>(lengths.size()));
  for (Index i = 0; i < queries; ++i) {
    for (Index j = 0; j < keys; ++j) values.push_back(f(j - (i + keys - queries)));
  }
  return values;
}

void check_reach(const char* op, Index reach) {
  if (reach >= 0) return;
  throw ValueError(fmt::format("[{}] reach must be at least 0, got {}", op, reach));
}

// The largest power of two that is not above n.
Index power_of_two_below(Index n) {
  Index power = 1;
  while (2 * power <= n) power *= 2;
  return power;
}

// How many buckets a direction has; the nearer half of them holds one distance each.
Index buckets_a_direction(const BucketOptions& options) {
  return options.bidirectional ? options.buckets / 2 : options.buckets;
}

void check_buckets(const BucketOptions& options) {
  const Index directed = buckets_a_direction(options);
  const bool odd = options.bidirectional && options.buckets % 2 != 0;
  if (directed >= 2 && !odd && options.max_distance > directed / 2) return;
  throw ValueError(fmt::format(
      "[distance_buckets] needs {} >= {} buckets and a max_distance above {}, got {} and {}",
      options.bidirectional ? "an even number" : "a number", options.bidirectional ? 4 : 2,
      std::max<Index>(1, directed / 2), options.buckets, options.max_distance));
}

std::int32_t bucket_of(Index distance, const BucketOptions& options) {
  const Index directed = buckets_a_direction(options);
  const Index single = directed / 2;
  const Index first = options.bidirectional && distance > 0 ? directed : 0;
  const Index away = options.bidirectional ? std::abs(distance) : std::max<Index>(0, -distance);
  if (away < single) return static_cast<std::int32_t>(first + away);
  const double share =
      std::log(static_cast<double>(away) / static_cast<double>(single)) /
      std::log(static_cast<double>(options.max_distance) / static_cast<double>(single));
  const auto wide = static_cast<Index>(share * static_cast<double>(directed - single));
  return static_cast<std::int32_t>(first + std::min(single + wide, directed - 1));
}

// x (..., n, m) as (n, rest, m), one matrix a query, and back.
Tensor by_query(const Tensor& x) {
  Index rest = 1;
  for (int axis = 0; axis < x.rank() - 2; ++axis) rest *= x.dim(axis);
  return transpose(reshape(x, {rest, x.dim(-2), x.dim(-1)}), 0, 1);
}
Tensor back(const Tensor& x, const Shape& shape) { return reshape(transpose(x, 0, 1), shape); }

}  // namespace

Tensor alibi_slopes(Index heads) {
  check_positive("alibi_slopes", {{"heads", heads}});
  const Index power = power_of_two_below(heads);
  std::vector<Real> slopes;
  const auto add = [&](Index step, Index of) {
    const double exponent = -8.0 * static_cast<double>(step) / static_cast<double>(of);
    slopes.push_back(static_cast<Real>(std::exp2(exponent)));
  };
  for (Index i = 1; i <= power; ++i) add(i, power);
  for (Index i = 1; i <= heads - power; ++i) add(2 * i - 1, 2 * power);
  return Tensor({heads}, slopes);
}

Tensor alibi_bias(Index heads, Index queries, Index keys) {
  const Shape lengths{queries, keys};
  const Tensor away(lengths, by_distance<Real>(lengths, [](Index distance) {
                      return static_cast<Real>(std::abs(distance));
                    }));
  return -reshape(alibi_slopes(heads), {heads, 1, 1}) * away;  // (H, queries, keys)
}

Indices clipped_distances(Index queries, Index keys, Index reach) {
  check_reach("clipped_distances", reach);
  const Shape lengths{queries, keys};
  return Indices(lengths, by_distance<std::int32_t>(lengths, [reach](Index distance) {
                   return static_cast<std::int32_t>(std::clamp(distance, -reach, reach) + reach);
                 }));
}

Indices distance_buckets(Index queries, Index keys, const BucketOptions& options) {
  check_buckets(options);
  const Shape lengths{queries, keys};
  return Indices(lengths, by_distance<std::int32_t>(lengths, [&](Index distance) {
                   return bucket_of(distance, options);
                 }));
}

BucketedBias::BucketedBias(Index heads, Generator& rng, const BucketOptions& options)
    : options_(options) {
  check_positive("BucketedBias", {{"heads", heads}});
  check_buckets(options);
  weight_ = param("weight", rng.normal({options.buckets, heads}));
}

Tensor BucketedBias::operator()(Index queries, Index keys) const {
  const Tensor rows = index_select(weight_, distance_buckets(queries, keys, options_));
  return permute(rows, {2, 0, 1});  // (queries, keys, H) -> (H, queries, keys)
}

RelativeVectors::RelativeVectors(Index reach, Index size, Generator& rng) : reach_(reach) {
  check_reach("RelativeVectors", reach);
  check_positive("RelativeVectors", {{"size", size}});
  weight_ = param("weight", xavier_uniform({2 * reach + 1, size}, rng));
}

Tensor RelativeVectors::scores(const Tensor& q, Index keys) const {
  if (q.rank() < 2 || q.dim(-1) != weight_.dim(1)) {
    throw ShapeError(
        fmt::format("[RelativeVectors] q must be (..., queries, size) with a size of {}, got {}",
                    weight_.dim(1), q.shape().str()));
  }
  const Tensor vectors =
      index_select(weight_, clipped_distances(q.dim(-2), keys, reach_));    // (queries, keys, size)
  const Tensor fits = matmul(by_query(q), vectors, {.transpose_b = true});  // (queries, rest, keys)
  return back(fits, q.shape().with(-1, keys));
}

Tensor RelativeVectors::combine(const Tensor& weights) const {
  if (weights.rank() < 2) {
    throw ShapeError(fmt::format("[RelativeVectors] weights must be (..., queries, keys), got {}",
                                 weights.shape().str()));
  }
  const Indices distances = clipped_distances(weights.dim(-2), weights.dim(-1), reach_);
  const Tensor vectors = index_select(weight_, distances);  // (queries, keys, size)
  const Tensor sums = matmul(by_query(weights), vectors);   // (queries, rest, size)
  return back(sums, weights.shape().with(-1, weight_.dim(1)));
}

}  // namespace heed::inline HEED_REAL::nn
