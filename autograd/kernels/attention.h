// The loops behind dot_product_attention. Internal.
//
// A head is worked on in tiles: a block of queries against a tile of keys. The forward pass meets
// the keys a tile at a time and keeps of each query the largest score so far and the sum of
// exponentials (Milakov and Gimelshein 2018, arXiv 1805.02867), so that the scores of one tile are
// all that is ever in memory. Both numbers are kept for the backward pass, which makes each tile of
// weights again from them (Dao et al. 2022, arXiv 2205.14135, algorithms 1 and 4). They are kept
// apart, not as one logarithm: beside a score of 1e4 a float has no digits left for it.
#pragma once

#include <optional>
#include <vector>

#include "autograd/kernels/mask_rows.h"

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
  Index tile_queries = 0;        // 0: chosen by shape
  Index tile_keys = 0;
  Index sharing = 1;       // heads of queries to one of keys and values
  Real softcap = 0;        // scores become softcap * tanh(score / softcap); 0: they do not
  bool from_start = false;  // query i stands at key i; otherwise both end together
  std::vector<Index> key_lengths = {};  // of each batch row; empty: all keys

  // What causality, window and lengths leave a query of batch row b to see; never before the range
  // of the query before it.
  KeyRange range(Index b, Index query) const;
  // How many pairs of a query and a key that is, over all heads and batch rows.
  Index pairs() const;
  // Is the range ever less than all keys?
  bool bounded() const { return causal || window >= 0 || !key_lengths.empty(); }
};

// The rows of one head: token t is at data + t * stride, `size` numbers.
template <class Number>
struct Rows {
  Number* data;
  Index stride;
  Index size;
  Number* operator[](Index t) const { return data + t * stride; }
  // Those from token t on.
  Rows from(Index t) const { return {data + t * stride, stride, size}; }
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
    if (!data) return {nullptr, width, size};
    return {data + b * tokens * width + offset + h * size, width, size};
  }
};

// What is added to the scores, under (B, H, Tq, Tk): its steps, 0 where it is stretched.
template <class Number>
struct ScoreRows {
  Number* data = nullptr;  // null: none
  Index batch = 0;
  Index head = 0;
  Index query = 0;
  Index key = 0;

  // Those of one head.
  ScoreRows at(Index b, Index h) const {
    return {data ? data + b * batch + h * head : nullptr, 0, 0, query, key};
  }
  // Of a head: the numbers for that query.
  Number* row(Index i) const { return data + i * query; }
};

struct AttentionInputs {
  HeadRows<const Real> q, k, v;  // of keys and values, head h serves queries h * sharing and on
  ScoreRows<const Real> bias = {};
};
// That of the bias is added to what is there.
struct AttentionGradients {
  HeadRows<Real> q, k, v;
  ScoreRows<Real> bias = {};
};

// What the forward pass keeps of the softmax, for each row of scores (B, H, Tq): the largest of
// the scores seen, -inf when none is, and the sum of e^(score - largest).
template <class Number>
struct SoftmaxSums {
  Number* largest = nullptr;
  Number* total = nullptr;
};

// y (B, Tq, H * value size).
void attention_forward(const AttentionPlan& plan, const AttentionInputs& in, HeadRows<Real> y,
                       SoftmaxSums<Real> sums);

// What the backward pass gets from the forward pass, and the cotangent g of y.
struct AttentionOutputs {
  HeadRows<const Real> y;
  SoftmaxSums<const Real> sums;
  HeadRows<const Real> g;
};

// Which gradients lie in the same numbers. They are added to what is there, others are written;
// where heads share keys and values, all are added.
enum class Shared {
  nothing,
  roles,  // of one head: what is query, key and value at once
  heads,  // parts of different heads
};

void attention_backward(const AttentionPlan& plan, const AttentionInputs& in,
                        const AttentionOutputs& made, const AttentionGradients& out,
                        Shared shared);

}  // namespace heed::inline HEED_REAL
