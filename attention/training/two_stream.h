// Two-stream attention: a text is learned in any order, and each token is predicted by a stream
// that knows its place and what comes before it in that order, but not the token.
// Yang, Dai, Yang, Carbonell, Salakhutdinov, Le 2019, "XLNet: generalized autoregressive
// pretraining for language understanding", arXiv 1906.08237, sections 2.3 and A.2.
//
//   content  h_i' = attention of h_i over h_j with rank j <= rank i      sees its own token
//   query    g_i' = attention of g_i over h_j with rank j <  rank i      does not
//   rank i: when token i comes in the order. At the start h_i is the token, g_i a learned vector.
//
// Shapes   content and query (B, T, C) -> the same; order (B, T) or (T): the rank of each token.
//          Scores are Transformer-XL's, with distances to both sides; H heads of size D = C / H.
// Cost     twice that of self-attention but for keys and values, which both streams read: 6 T^2 C
//          multiply-adds. For use, after training, the content stream alone is enough.
// Differs  one stream cannot do both: where a token is to be predicted it must not be seen, and
//          where others read it it must. A stream that sees itself copies what is asked (the task
//          `any-order`). Against `bert` nothing is hidden from the input, and predictions of one
//          text depend on each other; but the first tokens of an order have little to go by.
// Limit    in the order of the text the content stream is the causal transformer-xl
//          (the_order_of_the_text_is_causal).
//
// Tokens of equal rank do not see each other in the query stream, and do in the content stream.
// The first of an order sees nothing: its query stream gets 0. Padding takes a rank above all
// others: no token sees it. Parameters are shared by both streams and have the names of
// transformer-xl.
//
// In the catalog: `xlnet`.
#pragma once

#include "attention/projections.h"
#include "autograd/random.h"

namespace heed::inline HEED_REAL::attention {

// Ranks of random orders, (B, T).
Indices draw_orders(Index batch, Index length, Generator& rng);

// Who sees whom, (B, 1, T, T) from ranks (B, T), or (1, 1, T, T) from ranks (T). Both throw
// ShapeError for ranks of another shape.
Mask content_sees(const Indices& order);
Mask query_sees(const Indices& order);

struct Streams {
  Tensor content;  // h (B, T, C)
  Tensor query;    // g (B, T, C)
};

struct TwoStreamOptions {
  Index width = 0;
  Index heads = 1;
};

class TwoStream : public nn::Module {
 public:
  using Options = TwoStreamOptions;

  // Throws ValueError unless the heads divide the width and the width is even.
  TwoStream(const TwoStreamOptions& options, Generator& rng);
  // Throws ShapeError when streams and order do not fit.
  Streams operator()(const Streams& streams, const Indices& order) const;

 private:
  Tensor attend(const Tensor& q, const Projected& at, const Tensor& r, const Mask& seen) const;

  TwoStreamOptions options_;
  Projections& project_;
  nn::Linear& position_;  // W_r
  Tensor content_bias_;   // u
  Tensor position_bias_;  // w
};

}  // namespace heed::inline HEED_REAL::attention
