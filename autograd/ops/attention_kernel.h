// The loops behind dot_product_attention. Internal.
//
// A head is worked on in blocks of queries. A block scores the keys that any of its queries sees,
// turns each row of scores into weights over the keys which that query sees, and combines the
// values. Nothing of this is kept: the backward pass makes the same weights by the same code.
#pragma once

#include <optional>

#include "autograd/ops/mask_rows.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL {

// A run of keys, `last` excluded.
struct KeyRange {
  Index first = 0;
  Index last = 0;
  Index size() const { return last - first; }
};

struct AttentionPlan {
  Index batch, heads, queries, keys, size, value_size;
  Real scale;
  bool causal;
  Index window;                  // -1: none
  std::optional<MaskRows> mask;  // under (B, H, Tq, Tk)

  // What causality and window leave query i to see; never before the range of query i - 1.
  KeyRange range(Index query) const;
  // How many pairs of a query and a key that is, over all heads and batch rows.
  Index pairs() const;
  bool hides_something() const { return causal || window >= 0 || mask; }
};

// The rows of one head: token t is at data + t * stride, `size` numbers.
template <class Number>
struct Rows {
  Number* data;
  Index stride;
  Index size;
  Number* operator[](Index t) const { return data + t * stride; }
};

// All heads inside a tensor (B, T, width).
template <class Number>
struct HeadRows {
  Number* data = nullptr;  // null: not wanted
  Index tokens = 0;
  Index width = 0;
  Index offset = 0;
  Index size = 0;

  Rows<Number> head(Index b, Index h) const {
    return {data + b * tokens * width + offset + h * size, width, size};
  }
};

struct AttentionInputs {
  HeadRows<const Real> q, k, v;
};
struct AttentionGradients {
  HeadRows<Real> q, k, v;
};

// y (B, Tq, H * value size).
void attention_forward(const AttentionPlan& plan, const AttentionInputs& in, HeadRows<Real> y);

// Adds to the gradients, which may lie in one tensor. Where parts of different heads overlap in it,
// `shared_heads` keeps the heads of a batch row on one thread.
void attention_backward(const AttentionPlan& plan, const AttentionInputs& in,
                        HeadRows<const Real> g, const AttentionGradients& out, bool shared_heads);

}  // namespace heed::inline HEED_REAL
