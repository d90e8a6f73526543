#include "attention/positions.h"

#include <fmt/format.h>

#include <cmath>

#include "attention/core.h"
#include "attention/projections.h"
#include "nn/rotary.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// Beyond it a distance is as good as the reach. Short, so that texts of a few tokens train all.
constexpr Index reach = 8;

}  // namespace

std::vector<std::string> position_names() { return {"none", "rotary", "alibi", "relative", "t5"}; }

RelativePositions::RelativePositions(const std::string& mechanism, Positions kind, Index heads,
                                     Index size, Generator& rng)
    : kind_(kind), heads_(heads) {
  if (kind == Positions::rotary && size % 2 != 0) {
    throw ValueError(fmt::format(
        "[{}] rotary positions turn pairs of features: heads of size {} are odd", mechanism, size));
  }
  if (kind == Positions::relative) {
    vectors_ = &child<nn::RelativeVectors>("vectors", reach, size, rng);
  }
  if (kind == Positions::t5) buckets_ = &child<nn::BucketedBias>("buckets", heads, rng);
}

Heads RelativePositions::turned(const Heads& at, Index start) const {
  if (kind_ != Positions::rotary) return at;
  const Tensor x = heads_of(at);  // (B, H, T, D)
  const nn::Turns turns = nn::turns_at(start, x.dim(2), at.size);
  return {merge_heads(nn::rotate(x, turns.cosines, turns.sines)), 0, at.heads, at.size};
}

Tensor RelativePositions::bias(const Heads& q, Index keys) const {
  const Index queries = q.source.dim(1);
  if (kind_ == Positions::alibi) return nn::alibi_bias(heads_, queries, keys);
  if (kind_ == Positions::t5) return (*buckets_)(queries, keys);
  if (kind_ != Positions::relative) return {};
  return vectors_->scores(heads_of(q), keys) / std::sqrt(static_cast<double>(q.size));
}

}  // namespace heed::inline HEED_REAL::attention
