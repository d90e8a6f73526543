#include "attention/sparse/blocks.h"

#include <algorithm>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

Blocks::Blocks(const Projected& at, const Mask& keys, Index length, bool causal)
    : tokens_(at.q.source.dim(1)),
      length_(length),
      count_(std::max<Index>(1, (tokens_ + length - 1) / length)),
      heads_(at.q.heads),
      batch_(at.q.source.dim(0)),
      causal_(causal),
      keys_(keys) {
  const Apart cut = apart(at);
  const auto filled = [&](const Tensor& x) { return pad(x, 1, 0, count_ * length_ - tokens_); };
  q_ = filled(cut.q);
  k_ = filled(cut.k);
  v_ = filled(cut.v);
}

bool Blocks::hidden(Index b, Index t) const {
  return t >= tokens_ || (keys_.defined() && !keys_[b * tokens_ + t]);
}

AttentionPart Blocks::window() const {
  return {q_, k_, v_, heads_, {.causal = causal_, .window = length_ - 1, .visible = own_mask(1)}};
}

AttentionPart Blocks::own_block() const {
  const auto cut = [&](const Tensor& x) {
    return reshape(x, {batch_ * count_, length_, x.dim(2)});
  };
  return {cut(q_), cut(k_), cut(v_), heads_, {.causal = causal_, .visible = own_mask(count_)}};
}

// Who is there and not hidden, cut into so many pieces: (B pieces, 1, 1, A l / pieces). Where one
// looks back only, nobody sees what fills the last block.
Mask Blocks::own_mask(Index pieces) const {
  if (!keys_.defined() && (causal_ || tokens_ == count_ * length_)) return {};
  std::vector<std::uint8_t> visible;
  for (Index b = 0; b < batch_; ++b) {
    for (Index t = 0; t < count_ * length_; ++t) visible.push_back(!hidden(b, t));
  }
  return Mask({batch_ * pieces, 1, 1, count_ * length_ / pieces}, std::move(visible));
}

// Queries of all blocks, a head for each place in them and each head: (B, A, l C).
AttentionPart Blocks::across(const Tensor& k, const Tensor& v, const Mask& visible) const {
  return {reshape(q_, {batch_, count_, length_ * q_.dim(2)}), k, v, length_ * heads_,
          {.causal = causal_, .visible = visible}};
}

// (B, lanes, queries, shown): one lane for all places and heads, or one for each. Without causal a
// block does not see itself, which is why there is a row for each query.
template <class Place>
Mask Blocks::across_mask(Index lanes, Place place) const {
  if (causal_ && !keys_.defined()) return {};
  const Index queries = causal_ ? 1 : count_;
  std::vector<std::uint8_t> visible;
  visible.reserve(static_cast<std::size_t>(batch_ * lanes * queries * shown()));
  for (Index b = 0; b < batch_; ++b) {
    for (Index lane = 0; lane < lanes; ++lane) {
      for (Index i = 0; i < queries; ++i) {
        for (Index j = 0; j < shown(); ++j) {
          const bool itself = !causal_ && i == j;
          visible.push_back(!itself && !hidden(b, j * length_ + place(lane)));
        }
      }
    }
  }
  return Mask({batch_, lanes, queries, shown()}, std::move(visible));
}

AttentionPart Blocks::same_place() const {
  const auto cut = [&](const Tensor& x) {
    return reshape(slice(x, 1, 0, shown() * length_), {batch_, shown(), length_ * x.dim(2)});
  };
  return across(cut(k_), cut(v_),
                across_mask(length_ * heads_, [&](Index lane) { return lane / heads_; }));
}

AttentionPart Blocks::at_place(Index place) const {
  const auto repeated = [&](const Tensor& x) {
    const Tensor one = slice(x, 1, place, place + (shown() - 1) * length_ + 1, length_);
    const Shape wide{batch_, shown(), length_, x.dim(2)};
    return reshape(expand(reshape(one, {batch_, shown(), 1, x.dim(2)}), wide),
                   {batch_, shown(), length_ * x.dim(2)});
  };
  return across(repeated(k_), repeated(v_), across_mask(1, [&](Index) { return place; }));
}

Tensor Blocks::sequence(const Tensor& y) const {
  return slice(reshape(y, {batch_, count_ * length_, v_.dim(2)}), 1, 0, tokens_);
}

}  // namespace heed::inline HEED_REAL::attention
