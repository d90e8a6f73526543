#include "attention/sparse/seen_blocks.h"

#include <algorithm>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

using Ids = std::vector<std::int32_t>;

constexpr std::int32_t nothing = -1;  // in a slot that shows no block

// A sequence in blocks, and what each of them sees.
class InBlocks {
 public:
  InBlocks(const Projected& at, const Mask& keys, Index block, const SeenBlocks& seen)
      : all_(apart(at)),
        keys_(keys),
        block_(block),
        seen_(seen),
        batch_(all_.q.dim(0)),
        tokens_(all_.q.dim(1)),
        count_(static_cast<Index>(seen[0].size())),
        heads_(at.q.heads),
        size_(at.q.size) {}

  Tensor attend() const;

 private:
  bool sees_all(Index row) const;
  // (B, A, l C), the last block filled up with zeros.
  Tensor cut(const Tensor& x) const {
    return reshape(pad(x, 1, 0, count_ * block_ - tokens_),
                   {batch_, count_, block_ * heads_ * size_});
  }
  Heads by_head(const Tensor& x) const { return {x, 0, heads_, size_}; }
  Tensor see_all(const Tensor& q) const;
  Tensor see_some(const Tensor& q, const Ids& rows) const;
  Tensor gathered(const Tensor& x, const std::vector<Ids>& slots) const;
  Mask visible(const std::vector<Ids>& slots, Index rows) const;
  void append_block(Index b, std::int32_t id, std::vector<std::uint8_t>& made) const;

  Apart all_;
  Mask keys_;
  Index block_;
  const SeenBlocks& seen_;
  Index batch_, tokens_, count_, heads_, size_;
};

bool InBlocks::sees_all(Index row) const {
  return std::all_of(seen_.begin(), seen_.end(), [&](const auto& head) {
    return static_cast<Index>(head[static_cast<std::size_t>(row)].size()) == count_;
  });
}

// (B, n, l C) -> (B, n, l C).
Tensor InBlocks::see_all(const Tensor& q) const {
  const Index rows = q.dim(1);
  const Mask visible = keys_.defined() ? keys_.reshape({batch_, 1, 1, tokens_}) : keys_;
  const Tensor y =
      dot_product_attention(by_head(reshape(q, {batch_, rows * block_, heads_ * size_})),
                            by_head(all_.k), by_head(all_.v), {.visible = visible});
  return reshape(y, {batch_, rows, block_ * heads_ * size_});
}

// For each head, the blocks that the rows see, as many slots for each: the list of one after the
// other.
std::vector<Ids> slots_of(const SeenBlocks& seen, const Ids& rows) {
  std::size_t most = 0;
  for (const auto& head : seen) {
    for (const std::int32_t row : rows) {
      most = std::max(most, head[static_cast<std::size_t>(row)].size());
    }
  }
  std::vector<Ids> slots;
  for (const auto& head : seen) {
    Ids own;
    for (const std::int32_t row : rows) {
      const Ids& blocks = head[static_cast<std::size_t>(row)];
      own.insert(own.end(), blocks.begin(), blocks.end());
      own.insert(own.end(), most - blocks.size(), nothing);
    }
    slots.push_back(std::move(own));
  }
  return slots;
}

// (B, A, l C), n S slots a head -> (B, n S l, C), the keys or values in the slots of each head.
Tensor InBlocks::gathered(const Tensor& x, const std::vector<Ids>& slots) const {
  const Tensor tokens = reshape(x, {batch_, count_ * block_, heads_ * size_});
  std::vector<Tensor> heads;
  for (Index h = 0; h < heads_; ++h) {
    Ids shown = slots[static_cast<std::size_t>(h)];
    std::replace(shown.begin(), shown.end(), nothing, 0);  // hidden by the mask
    const Tensor own = slice(tokens, 2, h * size_, (h + 1) * size_);
    const Tensor picked =
        index_select(reshape(own, {batch_, count_, block_ * size_}), Indices(std::move(shown)), 1);
    heads.push_back(reshape(picked, {batch_, picked.dim(1) * block_, size_}));
  }
  return heads_ == 1 ? heads[0] : concat(heads, 2);
}

// (B n, H, 1, S l): who lies in the slots and is not hidden.
Mask InBlocks::visible(const std::vector<Ids>& slots, Index rows) const {
  const auto each = static_cast<Index>(slots[0].size()) / rows;
  std::vector<std::uint8_t> made;
  made.reserve(static_cast<std::size_t>(batch_ * heads_ * rows * each * block_));
  for (Index b = 0; b < batch_; ++b) {
    for (Index row = 0; row < rows; ++row) {
      for (const Ids& head : slots) {
        for (Index slot = row * each; slot < (row + 1) * each; ++slot) {
          append_block(b, head[static_cast<std::size_t>(slot)], made);
        }
      }
    }
  }
  return Mask({batch_ * rows, heads_, 1, each * block_}, std::move(made));
}

void InBlocks::append_block(Index b, std::int32_t id, std::vector<std::uint8_t>& made) const {
  for (Index t = id * block_; t < (id + 1) * block_; ++t) {
    const bool there = id != nothing && t < tokens_;
    made.push_back(there && (!keys_.defined() || keys_[b * tokens_ + t]));
  }
}

// (B, n, l C) -> (B, n, l C): a batch row for each block.
Tensor InBlocks::see_some(const Tensor& q, const Ids& ids) const {
  const std::vector<Ids> slots = slots_of(seen_, ids);
  const auto rows = static_cast<Index>(ids.size());
  const auto apart = [&](const Tensor& x) {
    const Index tokens = x.dim(1) * x.dim(2) / (rows * heads_ * size_);
    return by_head(reshape(x, {batch_ * rows, tokens, heads_ * size_}));
  };
  const Tensor y = dot_product_attention(
      apart(q), apart(gathered(cut(all_.k), slots)), apart(gathered(cut(all_.v), slots)),
      {.visible = visible(slots, rows)});
  return reshape(y, {batch_, rows, block_ * heads_ * size_});
}

Tensor InBlocks::attend() const {
  Ids all, some;
  for (Index row = 0; row < count_; ++row) {
    (sees_all(row) ? all : some).push_back(static_cast<std::int32_t>(row));
  }
  const Tensor q = cut(all_.q);
  std::vector<Tensor> made;
  if (!all.empty()) made.push_back(see_all(index_select(q, Indices(all), 1)));
  if (!some.empty()) made.push_back(see_some(index_select(q, Indices(some), 1), some));
  Ids order = all, place(static_cast<std::size_t>(count_));
  order.insert(order.end(), some.begin(), some.end());
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[static_cast<std::size_t>(order[i])] = static_cast<std::int32_t>(i);
  }
  const Tensor y = index_select(concat(made, 1), Indices(std::move(place)), 1);  // (B, A, l C)
  return slice(reshape(y, {batch_, count_ * block_, heads_ * size_}), 1, 0, tokens_);
}

}  // namespace

Mask by_token(const SeenBlocks& seen, Index block, Index tokens) {
  const auto heads = static_cast<Index>(seen.size());
  std::vector<std::uint8_t> sees(static_cast<std::size_t>(heads * tokens * tokens));
  for (Index h = 0; h < heads; ++h) {
    for (Index i = 0; i < tokens; ++i) {
      const auto row = sees.begin() + (h * tokens + i) * tokens;
      for (const Index j : seen[static_cast<std::size_t>(h)][static_cast<std::size_t>(i / block)]) {
        std::fill(row + j * block, row + std::min((j + 1) * block, tokens), std::uint8_t{1});
      }
    }
  }
  return Mask({1, heads, tokens, tokens}, std::move(sees));
}

Tensor attend_in_blocks(const Projected& at, const Mask& keys, Index block,
                        const SeenBlocks& seen) {
  return InBlocks(at, keys, block, seen).attend();
}

}  // namespace heed::inline HEED_REAL::attention
