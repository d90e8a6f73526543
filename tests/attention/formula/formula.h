// Second formulas: the values of each mechanism once more, written like NumPy from the paper alone.
//
// A reader sees here what a mechanism computes without gradients, kernels or options; the tests see
// two programs agree that share no line. Each formula gets what the mechanism got, and reads its
// parameters and buffers by their names in a checkpoint.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "tests/attention/formula/numpy.h"

namespace heed_test::formula {

struct Given {
  Array x;                               // (B, T, C)
  Array memory;                          // (B, S, C): the context, or x itself
  Array real;                            // (B, S): 1 at a token, 0 at padding
  bool causal = false;                   // queries do not look ahead
  bool training = false;                 // draw
  std::size_t heads = 1;                 // H
  std::map<std::string, double> option = {};  // of the mechanism
  std::map<std::string, Array> weights = {};  // by name
  // The next numbers of the layer's random stream, uniform in [0, 1).
  std::function<Array(const std::vector<std::size_t>&)> uniform = {};

  const Array& operator[](const std::string& name) const { return weights.at(name); }
};

// (B, 1, T, S): 1 where a query may look.
Array seen(const Given& in);

// In the order of the catalog. x (B, T, C) -> y (B, T, C).
Array multi_head(const Given& in);
Array always_causal(const Given& in);
Array scaled_dot(const Given& in);
Array dot(const Given& in);
Array multi_query(const Given& in);
Array grouped(const Given& in);
Array additive(const Given& in);
Array cosine(const Given& in);
Array bilinear(const Given& in);
Array gaussian(const Given& in);
Array boxcar(const Given& in);
Array triangular(const Given& in);
Array epanechnikov(const Given& in);
Array location(const Given& in);
Array conv_qk(const Given& in);
Array conv_qkv(const Given& in);
Array content_location(const Given& in);
Array location_aware(const Given& in);
Array entmax(const Given& in);
Array output_gate(const Given& in);
Array gau(const Given& in);
Array local(const Given& in);
Array local_predictive(const Given& in);
Array axial(const Given& in);
Array strided(const Given& in);
Array fixed(const Given& in);
Array global_tokens(const Given& in);
Array longformer(const Given& in);
Array top_k(const Given& in);
Array hybrid(const Given& in);
Array global(const Given& in);
Array local_monotonic(const Given& in);
Array adaptive_span(const Given& in);
Array linear_attention(const Given& in);
Array performer(const Given& in);
Array big_bird(const Given& in);
Array transformer_xl(const Given& in);
Array linformer(const Given& in);
Array nystrom(const Given& in);
Array hyena(const Given& in);
Array fnet(const Given& in);
Array gfnet(const Given& in);
Array auto_correlation(const Given& in);
Array fedformer(const Given& in);
Array external(const Given& in);
Array persistent(const Given& in);
Array hard(const Given& in);
Array gumbel(const Given& in);
Array straight_through(const Given& in);
Array pooling(const Given& in);         // -> (B, 1, C)
Array gated_pooling(const Given& in);   // -> (B, 1, C)
Array seed_pooling(const Given& in);    // -> (B, K, C)
Array self_attentive(const Given& in);  // -> (B, K, C)
Array crf(const Given& in);             // -> (B, 1, C)
Array tree(const Given& in);

// weights (..., T, S), real (..., S) -> (...).
Array doubly_stochastic(const Array& weights, const Array& real);

// The formula of each mechanism of the catalog.
struct Row {
  const char* mechanism;
  Array (*formula)(const Given& in);
};
std::span<const Row> formulas();

// softmax(scale q k^T) v of packed projections, with the output projection: what several are made
// of. H heads of queries, G of keys and values; `prefix` stands before the names of the parameters.
struct DotProduct {
  double scale = 1;
  std::size_t heads = 1;
  std::size_t key_heads = 1;
  std::string prefix = "";
};
Array dot_product(const Given& in, const Array& visible, const DotProduct& what);
// The packed projections alone: q (B, H, T, D), k and v (B, H, S, D); and the output projection of
// what the heads found, (B, H, T, D) -> (B, T, C).
struct Projected {
  Array q, k, v;
};
Projected projected(const Given& in, const DotProduct& what);
Array output(const Given& in, const Array& found, const std::string& prefix = "");
// 1 / sqrt(D) for H heads over the width of x.
double scale_of(const Given& in, std::size_t heads);

}  // namespace heed_test::formula
