// A sequence cut into blocks of equal length, and the parts of it that attention in blocks is made
// of, each of them a dense little attention: see attention_over_parts. Internal.
#pragma once

#include "attention/sparse/patterned.h"
#include "autograd/ops/attention_parts.h"

namespace heed::inline HEED_REAL::attention {

class Blocks {
 public:
  // `keys` (B, T) hides some, undefined none. The last block is filled up.
  Blocks(const Projected& at, const Mask& keys, Index length, bool causal);

  // More than one.
  bool several() const { return count_ > 1; }
  // The length - 1 tokens before each, and itself; without causal those behind it, too.
  AttentionPart window() const;
  // The tokens of its own block.
  AttentionPart own_block() const;
  // Those at its own place in the blocks before its own; without causal in all others.
  AttentionPart same_place() const;
  // The one at this place in each of the same blocks.
  AttentionPart at_place(Index place) const;

  // What parts made, as heads side by side: (B, T, C).
  Tensor sequence(const Tensor& y) const;

 private:
  // Places that other blocks show: keys (B, A, ...), the last block left out where nobody sees it.
  Index shown() const { return causal_ ? count_ - 1 : count_; }
  AttentionPart across(const Tensor& k, const Tensor& v, const Mask& visible) const;
  template <class Place>
  Mask across_mask(Index lanes, Place place) const;
  Mask own_mask(Index pieces) const;
  bool hidden(Index b, Index t) const;

  Index tokens_, length_, count_, heads_, batch_;
  bool causal_;
  Mask keys_;
  Tensor q_, k_, v_;  // (B, A l, C)
};

}  // namespace heed::inline HEED_REAL::attention
